// A scanner types like a keyboard, only faster. Its burst is caught where no field has the focus that takes letters, and the
// server is asked which card is meant.
(() => {
  const LEAST = 6; // characters
  const QUICK = 60; // ms between two of them on average: scanners take 5 to 50, a person 100 and more
  const PAUSE = 150; // ms after which a burst without a suffix has ended: radio scanners stutter
  const form = document.getElementById('escaner');
  let text = '', first = 0, last = 0, timer = null, into = null, before = '';

  // A date and a choice are not written in letters: a code that comes there is for the list, and they stay as they were.
  const PICKED = 'input[type=date], select';
  // A search takes it in the place of what stands there: a scanner without a suffix would join one code to the next.
  const SEARCH = 'input[type=search]';
  const LOOKS = `${PICKED}, ${SEARCH}`;
  const field = (el) => el?.closest?.('input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]');
  const lettered = () => /\p{L}/u.test(text);
  const burst = () => text.length >= LEAST && (last - first) / (text.length - 1) <= QUICK && (into === null ? /[\p{L}\p{N}]/u.test(text) : lettered());
  const drop = () => { clearTimeout(timer); text = ''; into = null; };
  const end = () => {
    const tag = text, is = burst(), place = into;
    drop();
    if (place && !place.matches(LOOKS)) return;
    if (is && place?.matches(SEARCH)) {
      if (place.value !== tag) { place.value = tag; place.dispatchEvent(new Event('input', { bubbles: true })); }
      return;
    }
    if (is && place) place.value = before;
    if (!is) return;
    // An open dialog is unfinished work: nothing is looked up behind it, and that is said.
    const open = document.querySelector('dialog[open]');
    if (open) {
      const said = open.querySelector('.first') ?? open.insertBefore(Object.assign(document.createElement('p'), { className: 'first' }), open.querySelector('h2').nextSibling);
      said.setAttribute('role', 'alert');
      said.textContent = WORDS['answer-first'];
      low();
      return;
    }
    form.querySelector('[data-codigo]').value = tag;
    form.requestSubmit();
  };
  document.addEventListener('keydown', (e) => {
    const place = field(e.target) ?? null;
    if (place !== into) drop();
    // A key that is held repeats as fast as a scanner types.
    if (e.ctrlKey || e.altKey || e.metaKey || e.repeat) { drop(); return; }
    // In a field for words a code is a word, and sends nothing.
    if ((e.key === 'Enter' || (e.key === 'Tab' && (!place || place.matches(LOOKS)))) && e.timeStamp - last <= PAUSE && burst()) {
      if (into?.matches(SEARCH)) { end(); return; }
      // The suffix belongs to the code: it must not press the button that happens to have the focus.
      e.preventDefault();
      e.stopPropagation();
      end();
      return;
    }
    if (e.key.length !== 1) { if (e.key !== 'Shift') drop(); return; }
    if (text && e.timeStamp - last > PAUSE) drop();
    // A blank within a code presses nothing, and no letter chooses another reason.
    if (text && e.timeStamp - last <= QUICK && (place === null || (place.matches(PICKED) && lettered()))) e.preventDefault();
    if (!text) { first = e.timeStamp; into = place; before = place?.value; }
    last = e.timeStamp;
    text += e.key;
    clearTimeout(timer);
    timer = setTimeout(end, PAUSE);
  }, true);

  // Whoever scans looks at the spool and not at the screen: what was not found is also heard, low.
  const low = () => {
    const audio = new AudioContext(), tone = audio.createOscillator();
    tone.frequency.value = 160;
    tone.connect(audio.destination);
    tone.onended = () => audio.close();
    tone.start();
    tone.stop(audio.currentTime + .3);
  };
  document.addEventListener('htmx:response:error', (e) => { if (e.detail.ctx?.sourceElement === form) low(); });

  const land = (card) => {
    card.scrollIntoView({ block: 'center' });
    (card.querySelector('.acts button:not(:disabled)') || card.querySelector('a')).focus({ preventScroll: true });
    card.classList.add('cambio');
    setTimeout(() => card.classList.remove('cambio'), 10000);
  };
  document.addEventListener('escaneado', (e) => {
    const { id, lugar } = e.detail;
    const show = () => {
      const card = document.getElementById(`spool-${id}`);
      if (card) land(card);
      return card;
    };
    document.getElementById('pregunta').replaceChildren();
    document.querySelector('#resultado .result:not(:has(.bad))')?.remove();
    if (show()) return;
    // Another page would take along what was not put away and what was not sent.
    if (!document.querySelector('.toast, .result') && !filledIn(document, '.date input')) { location.assign(lugar); return; }
    document.getElementById('q').value = '';
    htmx.ajax('GET', lugar, { source: '#lista', replace: lugar }).then(show);
  });
  if (document.querySelector('#lista[data-carrete] .spool')) land(document.querySelector('.spool'));
})();
