// What the server cannot do: count on from its seconds, notice that it is silent, put toasts away.
(() => {
  const $ = (id) => document.getElementById(id);
  const body = document.body;
  const wall = 'muro' in body.dataset;
  const now = () => performance.now();
  const seen = new WeakMap(); // <time> -> the moment it counts from
  const changes = new Set();
  const start = { heard: now(), downAt: null, http: 0, touched: 0, reopened: 0, polled: 0, clock: null, page: 0, told: null };
  const s = start;

  // Time: from the server's seconds, never from this machine's clock.
  const span = (sec) => {
    const m = Math.floor(sec / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
    return d ? `${d}d ${h % 24}h` : h ? `${h}h ${m % 60}m` : `${m}m`;
  };
  const setClock = (sec) => { s.clock = now() - sec * 1000; };
  const hhmm = (at = now()) => {
    const m = (Math.floor((at - s.clock) / 60000) % 1440 + 1440) % 1440;
    return `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;
  };
  const write = (el, text) => { if (el && el.textContent !== text) el.textContent = text; };
  const tick = () => {
    for (const el of document.querySelectorAll('time[data-desde]')) {
      if (!seen.has(el)) seen.set(el, now() - Number(el.dataset.desde) * 1000);
      write(el, span((now() - seen.get(el)) / 1000));
    }
    if (s.clock !== null) write(document.querySelector('time[data-reloj]'), hhmm());
  };

  // What came into the page.
  const came = (root) => {
    if (root.nodeType !== 1) return;
    const each = (sel, f) => { if (root.matches(sel)) f(root); root.querySelectorAll(sel).forEach(f); };
    each('.spool', (el) => { el.dataset.nueva = ''; setTimeout(() => delete el.dataset.nueva, 400); changes.delete(el.id.slice(6)); });
    each('.toast[data-dura]', (el) => setTimeout(() => { if (!el.matches(':focus-within')) el.remove(); }, Number(el.dataset.dura) * 1000));
    each('.result[data-caja]', (el) => el.scrollIntoView());
    each('time[data-reloj]', (el) => setClock(Number(el.dataset.reloj)));
    each('#muro', () => turn(0));
    each('#lista', () => { changes.clear(); showChanges(); });
    count();
  };
  new MutationObserver((list) => list.forEach((m) => m.addedNodes.forEach(came))).observe(body, { childList: true, subtree: true });

  // The wall turns its pages.
  const turn = (step) => {
    const pages = [...document.querySelectorAll('.pagina')];
    s.page = pages.length ? (s.page + step) % pages.length : 0;
    pages.forEach((el, i) => { el.hidden = i !== s.page; });
  };
  let keys = null;
  const mark = () => { // rows that changed stay marked for ten seconds
    const rows = [...document.querySelectorAll('[data-clave]')];
    const fresh = new Set(rows.map((el) => el.dataset.clave));
    if (keys) rows.filter((el) => !keys.has(el.dataset.clave)).forEach((el) => {
      el.classList.add('cambio');
      setTimeout(() => el.classList.remove('cambio'), 10000);
    });
    keys = fresh;
  };

  // Toasts.
  const toast = (text) => {
    const box = document.createElement('div');
    box.className = 'toast bad';
    box.dataset.caja = '';
    box.append(Object.assign(document.createElement('p'), { textContent: text }),
      Object.assign(document.createElement('button'), { type: 'button', className: 'close', textContent: 'CERRAR' }));
    box.lastChild.dataset.cerrar = '';
    $('alertas')?.append(box);
  };
  const posts = (e) => (e.detail.ctx?.request?.method || '').toUpperCase() === 'POST';
  document.addEventListener('htmx:error', (e) => {
    if (e.detail.ctx && !e.detail.ctx.response && posts(e)) toast('No hubo respuesta. Cuando vuelva la conexión toca otra vez: no se registra dos veces.');
  });
  document.addEventListener('htmx:response:error', (e) => {
    if (posts(e) && !(e.detail.ctx.text || '').includes('hx-partial')) toast('No se pudo registrar. Intenta otra vez o avisa a tu supervisor.');
  });
  document.addEventListener('htmx:before:response', () => { s.http = now(); });

  // Taps.
  const count = () => write($('lote-cuenta'), `(${document.querySelectorAll('.elige:checked').length})`);
  document.addEventListener('change', (e) => { if (e.target.matches('.elige')) count(); });
  document.addEventListener('reset', () => setTimeout(count));
  document.addEventListener('pointerdown', () => { s.touched = now(); }, { passive: true });
  document.addEventListener('keydown', () => { s.touched = now(); });
  document.addEventListener('click', (e) => {
    // A card that has just come ignores taps: the finger was on its way to what stood there before.
    if (e.target.closest('.spool[data-nueva]')) { e.preventDefault(); e.stopPropagation(); return; }
    if (e.target.closest('[data-cerrar]')) e.target.closest('[data-caja]').remove();
    if (e.target.closest('#cambios')) refresh();
  }, true);

  // The stream.
  const refresh = () => { s.polled = now(); htmx.trigger(body, 'resync'); };
  const showChanges = () => {
    const button = $('cambios');
    if (!button) return;
    button.hidden = changes.size === 0;
    write(button, `${changes.size} ${changes.size === 1 ? 'cambio' : 'cambios'} – ACTUALIZAR`);
  };
  const beat = (data) => {
    if (data.reloj !== undefined) setClock(data.reloj);
    s.age = data.edad || 0;
    if (s.clock !== null) write($('hora-datos'), hhmm(now() - s.age * 1000));
    body.classList.toggle('old', s.age > 120);
    const turned = s.readonly !== (data.escribe === false); // cards get or lose their buttons
    s.readonly = data.escribe === false;
    s.why = data.motivo;
    const list = $('lista');
    if (list && (turned || (s.first && Number(list.dataset.numero) !== data.numero))) refresh();
    s.first = false;
    s.stale = data.build !== body.dataset.build;
  };
  document.addEventListener('htmx:sse:before:connection', () => { s.downAt ??= now(); s.first = true; });
  document.addEventListener('htmx:sse:error', () => { s.downAt ??= now(); });
  document.addEventListener('htmx:sse:after:connection', () => { s.downAt = null; s.heard = now(); s.reopened = 0; });
  document.addEventListener('htmx:sse:after:message', (e) => {
    const { event, data } = e.detail.message;
    s.heard = now(); s.downAt = null;
    if (event === 'latido') beat(JSON.parse(data));
    else if (event?.startsWith('carrete-')) {
      const told = JSON.parse(data), card = $(`spool-${told.id}`);
      const mine = (body.dataset.operaciones || '').split(' ');
      if (card) htmx.trigger(card, 'refrescar');
      else if (told.puede.some((operation) => mine.includes(operation))) { changes.add(told.id); showChanges(); }
    } else if (!event) mark();
    watch();
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) { s.heard = now(); s.downAt = null; s.first = true; } });

  const limit = wall ? 30000 : 40000;
  const reopen = () => { // an open but dead connection raises no error
    const old = $('vivo');
    s.reopened = now();
    if (!old) return; // a page without a stream
    const fresh = old.cloneNode(false);
    old.replaceWith(fresh);
    htmx.process(fresh);
  };
  const watch = () => {
    tick();
    const silent = now() - s.heard > limit;
    const down = silent || (s.downAt !== null && now() - s.downAt > (wall ? 30000 : 5000));
    if (silent && now() - s.reopened > limit) reopen();
    if (down && !document.hidden && now() - s.polled > 20000) refresh(); // a proxy may let pages through and no streams
    // Pages still come although the stream does not: some proxy blocks it.
    const state = !down ? 'vivo' : s.http > (s.downAt ?? s.heard) && now() - s.http < 25000 ? 'lento' : 'caido';
    const dot = $('conexion');
    if (dot && (down || s.heard > start.begun)) {
      dot.dataset.estado = state;
      const age = s.age > 30 ? ` · datos de hace ${s.age < 120 ? `${s.age} s` : span(s.age)}` : '';
      write($('conexion-texto'), { vivo: 'CONECTADO' + age, lento: 'CADA 20 s', caido: 'SIN CONEXIÓN' }[state]);
    }
    const banner = $('sin-conexion');
    if (banner) {
      const lost = state === 'caido';
      const old = wall && s.age > 120; // the server answers, and has not read the workbook
      if (wall && lost && banner.hidden) write(banner, `SIN CONEXIÓN desde ${s.clock === null ? '' : hhmm(Math.max(s.heard, s.http))}`);
      if (old && !lost) write(banner, `DATOS DE LAS ${hhmm(now() - s.age * 1000)}`);
      if (!wall && (lost || s.why)) write(banner, lost ? 'Sin conexión: no se puede registrar.' : s.why);
      const hide = !lost && !old && (wall || !s.readonly);
      if (banner.hidden !== hide) banner.hidden = hide;
    }
    const busy = document.querySelector('.htmx-request, .toast, .elige:checked, details[open]') || now() - s.touched < 30000;
    if (s.stale && (wall || !busy)) { s.stale = false; location.reload(); }
  };
  s.begun = s.heard;
  s.readonly = !wall && $('sin-conexion')?.hidden === false;
  came(document.documentElement);
  mark();
  tick();
  setInterval(watch, 1000);
  if (wall) setInterval(() => turn(1), 15000);
  // The screen stays on; a lock is lost whenever the page is hidden, so it is asked for again.
  const stayOn = () => { if (wall && !document.hidden) navigator.wakeLock?.request('screen').catch(() => {}); };
  document.addEventListener('visibilitychange', stayOn);
  stayOn();
})();
