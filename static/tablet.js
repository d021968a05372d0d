// What one tablet does for the people who share it: who was here last, back to the names when nobody is, the offline page.
(() => {
  const $ = (id) => document.getElementById(id);
  const IDLE = 90, NOTICE = 15; // seconds
  const MOST = 6;
  const worker = document.body.dataset.trabajador;
  const read = () => { try { return JSON.parse(localStorage.getItem('recientes') || '[]'); } catch { return []; } };

  // Only numbers are kept; the names are those of the page.
  if (worker) {
    try { localStorage.setItem('recientes', JSON.stringify([worker, ...read().filter((id) => id !== worker)].slice(0, MOST))); } catch { /* none kept */ }
  }
  // Names that others were put above, or that came anew: see `settle`.
  const recent = () => {
    const section = $('recientes'), list = section?.querySelector('ul');
    if (!list || list.children.length) return;
    const people = read().map((id) => document.querySelector(`#gente a.person[href$="trabajador=${Number(id)}"]`)?.closest('li')).filter(Boolean);
    list.append(...people.map((person) => person.cloneNode(true)));
    section.hidden = people.length === 0;
    if (people.length) settle($('gente'));
  };
  recent();
  if ($('gente')) new MutationObserver(() => { settle($('gente')); recent(); }).observe($('gente').parentNode, { childList: true });

  // A page that says who he is is in the hands of whoever comes next, and so is his list that could not be shown; a board
  // that was opened by itself is there to be watched.
  const shared = worker || ['/carretes', '/registro'].includes(location.pathname);
  // Idle: what was begun and not sent keeps the page; ticked boxes are kept for whoever ticked them (choose.js).
  let touched = performance.now();
  // A dialog in which nothing is typed holds nobody, nor does an error: it goes along (act.js).
  const busy = () => document.querySelector('form.htmx-request') || filledIn(document, 'main input:is([type=text], [type=date])');
  // The bar stays until the finger that came down on it is gone.
  const stay = () => {
    touched = performance.now();
    if ($('vuelta').firstChild) setTimeout(() => $('vuelta').replaceChildren(), 400);
  };
  // Who gave his PIN is signed out; that the server did not hear it is the server's own limit to mend.
  const out = () => ('pin' in document.body.dataset ? fetch('/salir', { method: 'POST', redirect: 'manual', body: new URLSearchParams(), signal: AbortSignal.timeout(8000) }).catch(() => {}) : null);
  // Only to names that are there: without a server the browser's own page of error would be the end of it.
  // Whoever touches the tablet meanwhile is there.
  let asking = false;
  const go = () => {
    if (asking) return;
    asking = true;
    const before = touched, gone = () => touched === before && !busy();
    fetch('/health', { cache: 'no-store', signal: AbortSignal.timeout(8000) })
      .then(() => gone() && out())
      .then(() => { if (gone()) location.assign('/'); })
      .catch(() => { if (gone()) touched = performance.now() - IDLE * 1000; })
      .finally(() => { asking = false; });
  };
  const leave = () => {
    const left = Math.ceil(IDLE + NOTICE - (performance.now() - touched) / 1000);
    if (busy()) stay();
    else if (left <= 0) go();
    else if (left <= NOTICE) {
      if (!$('vuelta').firstChild) {
        document.querySelector('dialog[open]')?.close(); // it lies over the question
        const seconds = document.createElement('b');
        seconds.setAttribute('aria-hidden', 'true');
        $('vuelta').append(`${WORDS['still-there']} `, seconds);
      }
      $('vuelta').lastChild.textContent = fill(WORDS.seconds, { count: left });
    }
  };
  if (shared) {
    for (const type of ['pointerdown', 'keydown', 'wheel', 'touchmove']) document.addEventListener(type, stay, { passive: true, capture: true });
    setInterval(leave, 1000);
    // A page's own time stands still while the tablet sleeps: whoever wakes it is asked.
    document.addEventListener('visibilitychange', () => { if (!document.hidden) touched = performance.now() - IDLE * 1000; });
  }

  // The shell is kept once the page itself is there: on a first visit both would share the line.
  addEventListener('load', () => navigator.serviceWorker?.register('/sw.js').catch(() => {}));
})();
