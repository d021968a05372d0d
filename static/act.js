// What can be touched: results and errors, waiting, and buttons that are closed while nothing can be registered.
(() => {
  const $ = (id) => document.getElementById(id);
  const body = document.body;
  const write = (el, text) => { if (el && el.textContent !== text) el.textContent = text; };

  // htmx looks at every attribute of all that it is given: of a page with sixty cards that is the longest task. It is given
  // what concerns it, each in a task of its own, and a form at the latest when it is sent, before the form itself hears of it.
  // A field is given at once: what somebody types before that would not be searched for.
  document.addEventListener('htmx:before:process', (e) => {
    if (e.target !== body && !e.target.querySelector('.spool, .person')) return;
    e.preventDefault();
    for (const el of e.target.querySelectorAll(':is([hx-get], [hx-post], [hx-sse\\:connect]):not(.spool *)')) if (el.matches('input, select')) htmx.process(el); else setTimeout(() => htmx.process(el));
  });
  document.addEventListener('submit', (e) => { if (e.target.matches('[hx-get], [hx-post]')) htmx.process(e.target); }, true);

  // A button is closed by this page or by htmx while its request is on the way: neither opens what the other closed.
  // Without a server all are closed; where one only looks, those that change a spool: each is sent to an address below
  // its spools, and who comes or goes is no change of the workbook.
  const gate = () => {
    const open = body.dataset.registro ?? 'si';
    for (const button of document.querySelectorAll('form[method=post] button:not([type=button], [type=reset])')) {
      const closed = open === 'sin-conexion' || (open === 'solo-mirar' && button.form.action.includes('/carretes/'));
      if (closed && !button.disabled) { button.disabled = true; button.dataset.cerrado = ''; }
      else if (!closed && 'cerrado' in button.dataset) { button.disabled = false; delete button.dataset.cerrado; }
    }
  };

  // Who loses the focus, because what had it came anew or went, goes on at its card, or at that on which he pressed
  // something last; not at its buttons, so that a held key presses nothing twice.
  let at = null, did = null;
  const its = (e) => e.target.closest('.spool')?.id ?? null;
  document.addEventListener('focusin', (e) => { at = its(e); });
  const refocus = (card = $(did)) => {
    if (!card || ![at, did].includes(card.id) || document.activeElement !== body) return;
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
  };

  // Results go by themselves, errors do not.
  const fade = (el) => setTimeout(() => { if (el.matches(':focus-within')) fade(el); else el.remove(); }, Number(el.dataset.dura) * 1000);
  const came = (root) => {
    if (root.nodeType !== 1) return;
    const each = (sel, f) => { if (root.matches(sel)) f(root); root.querySelectorAll(sel).forEach(f); };
    each('.spool', refocus);
    each('.toast', (el) => el.scrollIntoView({ block: 'nearest' }));
    each('.toast[data-dura]', fade);
    each('.result[data-caja]', (el) => {
      el.scrollIntoView();
      // A question that was asked for has the focus; a result is announced and takes it from nobody.
      if (el.matches('[data-hecho]')) {
        // What failed before stays until it is put away; what was done before has been seen.
        for (const one of document.querySelectorAll('#resultado .result:not(:has(.bad))')) if (one !== el) one.remove();
        return;
      }
      if (asked?.matches('a')) fail(null);
      el.tabIndex = -1;
      el.focus({ preventScroll: true });
    });
    each('#lista, #gente', () => fail(null));
    gate();
  };
  new MutationObserver((list) => list.forEach((m) => m.addedNodes.forEach(came))).observe(body, { childList: true, subtree: true });
  new MutationObserver(gate).observe(body, { attributeFilter: ['data-registro'] });

  const button = (text, mark) => {
    const made = Object.assign(document.createElement('button'), { type: 'button', textContent: text });
    made.dataset[mark] = '';
    return made;
  };
  const toast = (text, of) => {
    const box = Object.assign(document.createElement('div'), { className: 'toast bad' });
    box.dataset.caja = '';
    if (of) box.dataset.de = of;
    box.append(Object.assign(document.createElement('p'), { textContent: text }), button(WORDS.close, 'cerrar'));
    $('alertas')?.append(box);
  };

  document.addEventListener('aviso', (e) => toast(e.detail));

  // An error that nobody has put away goes along to whatever page comes next; where somebody else has the tablet by then,
  // with the name of whom it concerns.
  const ERRORS = 'errores';
  const name = 'trabajador' in body.dataset ? document.querySelector('h1')?.textContent.trim() : undefined;
  const leftOver = () => {
    const failures = [...document.querySelectorAll('.result:has(.bad)')].map((box) =>
      ({ de: name, texto: [box.querySelector('h2'), ...box.querySelectorAll('.bad')].map((el) => el.textContent.trim()).join('\n') }));
    return [...document.querySelectorAll('#alertas .toast.bad')].map((box) => ({ de: box.dataset.de ?? name, texto: box.querySelector('p').textContent })).concat(failures);
  };
  addEventListener('pagehide', () => {
    const errors = leftOver();
    try { if (errors.length) sessionStorage.setItem(ERRORS, JSON.stringify(errors)); else sessionStorage.removeItem(ERRORS); } catch { /* they end with the page */ }
  });
  try {
    const before = new Map(JSON.parse(sessionStorage.getItem(ERRORS) || '[]').map(({ de, texto }) => [texto, de])); // each once
    for (const [text, of] of before) toast(of && of !== name && !text.startsWith(`${of}: `) ? `${of}: ${text}` : text, of);
  } catch { /* none kept */ }

  // A question that got no answer is not an empty list: the list stays and says so.
  const ASKS = '#q, #lista, #gente, #escaner, [data-ayuda]';
  let asked = null;
  const fail = (source) => {
    const place = $('falla');
    asked = source;
    if (!place || (source && place.firstChild)) return;
    const text = Object.assign(document.createElement('p'), { textContent: WORDS['not-loaded'] });
    place.replaceChildren(...(source ? [text, button(WORDS.retry, 'reintentar')] : []));
  };
  const again = () => {
    if (asked?.matches?.('a') && asked.isConnected) asked.click();
    else if (asked?.matches?.('input, form') && asked.isConnected) htmx.trigger(asked, asked.matches('form') ? 'submit' : 'search');
    else document.dispatchEvent(new Event('lista:pedir'));
  };

  // Waiting: GUARDANDO… at once, words after 2 s, an explanation after 8 s.
  const waits = new Map();
  const posts = (e) => (e.detail.ctx?.request?.method || '').toUpperCase() === 'POST';
  document.addEventListener('htmx:before:request', (e) => {
    if (!posts(e)) return;
    const say = (text) => () => write($('demora'), text);
    waits.set(e.detail.ctx, [
      // What is said of the wait stands outside the dialog, and so does all else that can be done meanwhile.
      setTimeout(() => { say(WORDS['still-saving'])(); e.detail.ctx.sourceElement?.closest?.('dialog')?.close(); }, 2000),
      setTimeout(say(WORDS.slow), 8000),
    ]);
  });
  document.addEventListener('htmx:finally:request', (e) => {
    (waits.get(e.detail.ctx) || []).forEach(clearTimeout);
    waits.delete(e.detail.ctx);
    if (waits.size === 0) write($('demora'), '');
    gate();
    if (posts(e)) refocus();
  });
  const failed = (e) => {
    const source = e.detail.ctx?.sourceElement;
    // An answer stands outside the dialog, which keeps what was typed into it.
    if (posts(e)) source?.closest?.('dialog')?.close();
    return source;
  };
  document.addEventListener('htmx:error', (e) => {
    if (!e.detail.ctx || e.detail.ctx.response) return;
    const source = failed(e);
    if (posts(e)) toast(WORDS['no-answer']);
    else if (source?.matches(ASKS)) fail(source);
  });
  document.addEventListener('htmx:response:error', (e) => {
    const source = failed(e);
    if ((e.detail.ctx.text || '').includes('hx-partial')) return;
    if (posts(e)) toast(WORDS['not-done']);
    else if (source?.matches(ASKS)) fail(source);
  });

  document.addEventListener('pointerdown', (e) => { const el = e.target.closest('[data-nueva]'); if (el) settle(el); }, true);

  // Where what stands below gives way, no finger was on its way to what comes there.
  const bottom = document.querySelector('.bottom');
  let high = 0;
  new ResizeObserver(() => {
    if (bottom.offsetHeight < high) settle($('contenido'));
    high = bottom.offsetHeight;
  }).observe(bottom);

  document.addEventListener('click', (e) => {
    // Where all has moved a key still means what has the focus; on a card that has just come, it may not.
    const fresh = e.target.closest('dialog, [data-nueva]');
    if (fresh && 'nueva' in fresh.dataset && (e.detail > 0 || fresh.matches('.spool'))) { e.preventDefault(); e.stopPropagation(); return; }
    did = its(e) ?? did;
    if (e.target.closest('[data-cerrar]')) {
      e.target.closest('[data-caja]').remove();
      refocus();
    }
    if (e.target.closest('#falla [data-reintentar]')) again();
    else if (e.target.closest('[data-reintentar]')) document.dispatchEvent(new Event('lista:pedir'));
  }, true);
  came(document.documentElement);
})();
