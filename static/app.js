// What every screen needs and the server cannot do: count on from its seconds, turn the wall's pages, and notice
// that the server is silent. What can be touched is in act.js.
(() => {
  const $ = (id) => document.getElementById(id);
  const body = document.body;
  const wall = 'muro' in body.dataset;
  const now = () => performance.now();
  const seen = new WeakMap(); // <time> -> the moment it counts from
  const changes = new Set(); // spools that belong on this list since it was made
  const later = new Set(); // cards that changed while a finger was on the list
  const heights = new Map(); // how high a card was before it changed
  const drafts = new Map(); // what was chosen or typed on a card that went
  const s = { heard: now(), downAt: null, http: -Infinity, asked: -Infinity, touched: -Infinity, reopened: 0, polled: 0, clock: null, page: 0 };
  const begun = s.heard;

  // Time: from the server's seconds, never from this machine's clock.
  const span = (sec) => {
    const m = Math.floor(sec / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
    return fill(WORDS[d ? 'span-days' : h ? 'span-hours' : 'span-minutes'], { days: d, hours: h % 24, minutes: m % 60 });
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

  // What was chosen or typed goes over to the card that comes in its place, whenever it does; with the work that it was
  // for it is gone. A card that may only be looked at says nothing of the work.
  const fields = (card) => card.querySelectorAll('.date input, [data-borrador]');
  const left = (root) => {
    if (root.nodeType !== 1) return;
    for (const card of root.matches('.spool') ? [root] : root.querySelectorAll('.spool'))
      for (const el of fields(card)) if (el.value !== el.defaultValue) drafts.set(card.id, { ...drafts.get(card.id), [el.name]: el.value });
  };

  // What came into the page.
  const came = (root) => {
    if (root.nodeType !== 1) return;
    const each = (sel, f) => { if (root.matches(sel)) f(root); root.querySelectorAll(sel).forEach(f); };
    each('.spool', (el) => {
      settle(el);
      changes.delete(el.id.slice(6));
      // One that changed by itself is not lower than it was: what stands below it stays in its place.
      if (heights.has(el.id)) el.style.minHeight = `${heights.get(el.id)}px`;
      heights.delete(el.id);
      if ('mira' in el.dataset) return;
      for (const one of fields(el)) one.value = drafts.get(el.id)?.[one.name] ?? one.value;
      drafts.delete(el.id);
    });
    each('time[data-reloj]', (el) => setClock(Number(el.dataset.reloj)));
    each('#muro', () => turn(0));
    each('#lista', () => { changes.clear(); later.clear(); s.behind = false; showChanges(); });
  };
  new MutationObserver((list) => {
    list.forEach((m) => m.removedNodes.forEach(left));
    list.forEach((m) => m.addedNodes.forEach(came));
  }).observe(body, { childList: true, subtree: true });

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

  // What somebody has begun and not sent: nothing takes it from under his hands.
  const inHand = () => document.querySelector('dialog[open], form.htmx-request') !== null || choosing(document)
    || filledIn(document, 'main input:is([type=text], [type=date]:not(.spool input)), #lista :is(input[type=search], select)');
  const unsent = () => inHand() || filledIn(document, '.date input') || document.querySelector('.elige:checked, [data-elegido], .toast:not(.bad), .result:not(:has(.bad))') !== null;
  const touching = (ms) => now() - s.touched < ms;
  const choosing = (place) => touching(30000) && place.querySelector('.date input:focus') !== null;
  for (const type of ['pointerdown', 'keydown', 'wheel', 'touchmove'])
    document.addEventListener(type, () => { s.touched = now(); }, { passive: true, capture: true });

  // The list anew: at once when it was asked for, else only when nobody would notice.
  const refresh = (asked) => {
    const list = $('lista');
    s.polled = now();
    if (list && !asked && (inHand() || touching(5000))) { s.behind = true; showChanges(); return; }
    s.behind = false;
    const place = list ?? $('gente');
    if (place) htmx.ajax('GET', place.dataset.direccion, { source: place });
    if (!list) htmx.trigger(body, 'resync');
  };
  document.addEventListener('resync', (e) => { if (e.target !== body && $('lista')) refresh(); });
  document.addEventListener('lista:pedir', () => refresh(true));
  document.addEventListener('click', (e) => {
    if (e.target.closest('#cambios')) refresh(true);
    if (e.target.closest('#version')) anew();
  });
  const showChanges = () => {
    const button = $('cambios');
    if (!button) return;
    const none = changes.size === 0 && !s.behind;
    if (none || !touching(2000)) button.hidden = none; // it comes up under no finger
    write(button, changes.size === 0 ? WORDS['something-changed'] : many(WORDS.changes, changes.size));
  };
  const recard = (card) => {
    if (card.querySelector('dialog[open], .htmx-request') || choosing(card) || touching(2000)) { later.add(card.id); return; }
    later.delete(card.id);
    heights.set(card.id, card.offsetHeight);
    htmx.ajax('GET', `/carretes/${card.id.slice(6)}/tarjeta?trabajador=${body.dataset.trabajador}`, { source: card, target: card });
  };
  const told = (change) => {
    // Another one ended his occupation: told at once wherever his list is open.
    if (change.aviso && String(change.aviso.para) === body.dataset.trabajador)
      document.dispatchEvent(new CustomEvent('aviso', { detail: change.aviso.texto }));
    // Who watches over all of them looks anew, but not at each of many changes.
    if ('vigila' in body.dataset) { clearTimeout(s.soon); s.soon = setTimeout(refresh, 300); return; }
    const card = $(`spool-${change.id}`);
    const list = $('lista');
    const mine = (/operacion=(\w+)/.exec(list?.dataset.direccion)?.[1] ?? body.dataset.operaciones ?? '').split(' ');
    // The answer to one's own tap has brought this state already.
    if (card) { if (!change.version || card.dataset.version !== change.version) recard(card); }
    // Counted where it would be shown; what a search found, and where a later page begins, is not known here.
    else if (list && !/[?&](q|desde|carrete|ver=p)/.test(list.dataset.direccion)) {
      const shown = /[?&]ver=(\w)/.exec(list.dataset.direccion)?.[1], his = String(change.tiene) === body.dataset.trabajador;
      const ready = change.puede.some((operation) => mine.includes(operation));
      const belongs = shown === 'o' ? change.tiene && !his : shown === 'm' ? his : shown === 'd' ? ready : ready || his;
      changes[belongs ? 'add' : 'delete'](change.id);
      showChanges();
    }
  };

  // Whatever this page asks says of which build it is.
  const own = () => ({ 'page-build': body.dataset.build });
  document.addEventListener('htmx:config:request', (e) => Object.assign(e.detail.ctx.request.headers, own()));

  // The stream.
  const build = (answering) => { s.stale = answering !== body.dataset.build; };
  // What stands in the way of every action, if anything does; whether that is new. Cards get or lose their buttons.
  const hindered = (why) => {
    const turned = s.readonly !== Boolean(why);
    s.readonly = Boolean(why);
    s.why = why;
    if (turned && $('lista') && !(why && unsent())) refresh();
    return turned;
  };
  // How many seconds old the rows are that are shown.
  const aged = (seconds) => {
    s.age = seconds || 0;
    s.read = now() - s.age * 1000;
    if (s.clock !== null) write($('hora-datos'), hhmm(s.read));
    body.classList.toggle('old', s.age > 120); // live::age says why
  };
  const beat = (data) => {
    // What the server has counted and this page has not, it slept.
    const zero = now() - data.ahora * 1000;
    if (zero < s.zero - 5000) document.querySelectorAll('time[data-desde]').forEach((el) => { if (seen.has(el)) seen.set(el, seen.get(el) + zero - s.zero); });
    s.zero = zero;
    if (data.reloj !== undefined) setClock(data.reloj);
    // It is past midnight.
    for (const el of document.querySelectorAll('.date input')) if (el.max < data.hoy) {
      if (el.value === el.max) el.value = el.defaultValue = data.hoy;
      el.max = data.hoy;
    }
    aged(data.edad);
    const list = $('lista');
    if (!hindered(data.motivo) && list && s.first && Number(list.dataset.numero) !== data.numero) refresh();
    s.first = false;
    build(data.build);
  };
  // This page anew, once the server has just given it: while it restarts, the browser's own page of error would stay
  // on a wall for ever. An answer that refuses is a page too; only one that says "not now" is asked for again. What was
  // begun while the server made it keeps the page where nobody has asked for another.
  const anew = (may = () => true) => {
    if (s.leaving) return;
    s.leaving = true;
    fetch(location.href, { cache: 'no-store', headers: own(), signal: AbortSignal.timeout(8000) }).then((page) => page.text().then(() => page.status < 500)).catch(() => false)
      .then((there) => { if (there && may()) location.reload(); else s.leaving = false; });
  };
  const atRest = () => wall || !(unsent() || touching(30000));
  // A tablet that is not let in any more: its page, asked for again, leads to where one is.
  const unknown = (status) => { if (status === 401) anew(); };
  document.addEventListener('htmx:sse:before:connection', (e) => { s.stream = e.detail.connection; s.downAt ??= now(); s.first = true; });
  document.addEventListener('htmx:sse:error', (e) => {
    s.downAt ??= now();
    unknown(e.detail.status);
  });
  // The first request of a stream is an ordinary one.
  for (const type of ['htmx:error', 'htmx:response:error'])
    document.addEventListener(type, (e) => {
      const { sourceElement: source, response } = e.detail.ctx ?? {};
      // What could not be fetched anew is asked for again; instead of a card that is no more, all of them.
      if (source?.matches?.('.spool, #tablero, #muro')) setTimeout(() => {
        if (source.matches('.spool') && !(response?.status < 500)) later.add(source.id); else s.behind = true;
      }, 5000);
      if (source?.id !== 'vivo') return;
      s.downAt ??= now();
      unknown(response?.status);
    });
  document.addEventListener('htmx:sse:after:connection', () => { s.downAt = null; s.heard = now(); s.reopened = 0; });
  // A board that comes by itself waits for a finger that is on its way to a row; then it is fetched as it is by then.
  document.addEventListener('htmx:sse:before:message', (e) => {
    if (e.detail.message.event && e.detail.message.event !== 'resync') return;
    if (wall || !$('tablero') || !touching(2000)) return;
    e.preventDefault();
    s.heard = now(); s.downAt = null;
    s.missed = true;
  });
  document.addEventListener('htmx:sse:after:message', (e) => {
    const { event, data } = e.detail.message;
    s.heard = now(); s.downAt = null;
    if (event === 'latido') beat(JSON.parse(data));
    else if (event?.startsWith('carrete-')) told(JSON.parse(data));
    else if (!event) mark();
    watch();
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) { s.heard = now(); s.downAt = null; s.first = true; } });
  addEventListener('offline', () => { s.downAt ??= now(); s.http = -Infinity; });
  addEventListener('online', () => { s.asked = -Infinity; if ($('vivo')) reopen(); watch(); });

  const limit = wall ? 30000 : 40000;
  // Nobody else ends it, and a browser has six connections to a server: each that hangs is one less for a tap.
  const end = () => {
    s.stream?.reader?.cancel().catch(() => {});
    s.stream?.abortController?.abort();
  };
  const reopen = () => { // an open but dead connection raises no error
    const old = $('vivo'), fresh = old.cloneNode(false);
    s.reopened = now();
    old.replaceWith(fresh);
    end();
    htmx.process(fresh);
  };
  // A page that is left may be kept for a minute, for Back, with the stream that it has or still waits for: after six of
  // them nothing opens any more. If it is shown again it is fetched anew.
  addEventListener('pagehide', () => {
    if ($('vivo')) htmx.trigger($('vivo'), 'htmx:abort');
    end();
  });
  addEventListener('pageshow', (e) => { if (e.persisted) anew(); });
  const waits = () => $('demora')?.textContent;
  // Asks whether the server is there at all: some proxies let pages through and no streams.
  const ask = () => {
    s.asked = now();
    const patience = new AbortController();
    const over = setTimeout(() => patience.abort(), waits() ? 3000 : 8000);
    fetch('/health', { cache: 'no-store', signal: patience.signal }).then((answer) => answer.json()).finally(() => clearTimeout(over)).then((up) => {
      const back = s.http === -Infinity;
      s.http = now();
      // It is back: a stream that has been silent since then is none, and gets its time to open again.
      if (back && $('vivo') && now() - s.heard > 20000) { s.heard = s.downAt = now(); reopen(); }
      build(up.build);
      aged(up.age);
      hindered(up.obstacle);
      if ('apagada' in body.dataset) anew();
      watch();
    }).catch(() => { s.http = -Infinity; s.downAt ??= waits() ? s.asked : now(); });
  };
  const sentences = { vivo: WORDS.connected, lento: WORDS.polling, caido: WORDS['cut-off'] };
  const state = () => {
    const streams = $('vivo') !== null;
    const silent = now() - s.heard;
    const answers = now() - s.http < 20000;
    // Sooner when the server answers: what it said over the stream is being missed.
    if (streams && silent > (answers ? 20000 : limit) && now() - s.reopened > (answers ? 15000 : limit)) reopen();
    // A heartbeat comes every 15 s: one that is late is a reason to ask, and so is a slow answer.
    const doubt = !streams || silent > 17000 || s.downAt !== null || waits();
    if (doubt && !document.hidden && now() - s.asked > (s.downAt === null ? 15000 : 4000)) ask();
    if (!streams && answers) { s.downAt = null; return 'vivo'; }
    const down = (streams && silent > limit) || (s.downAt !== null && now() - s.downAt > (wall ? 30000 : 5000));
    if (down && answers && now() - s.polled > 20000 && !inHand() && !touching(5000)) refresh();
    return !down ? 'vivo' : answers ? 'lento' : 'caido';
  };
  const watch = () => {
    tick();
    const is = state();
    const dot = $('conexion');
    if (dot && (is !== 'vivo' || s.heard > begun || s.http > 0)) {
      dot.dataset.estado = is;
      const age = s.age < 120 ? fill(WORDS.seconds, { count: s.age }) : span(s.age);
      write($('conexion-texto'), is === 'vivo' && s.age > 30 ? fill(WORDS['data-age'], { state: sentences[is], age }) : sentences[is]);
    }
    const banner = $('sin-conexion');
    if (banner) {
      const lost = is === 'caido';
      const old = wall && (s.why ? now() - s.read > 30000 : s.age > 120);
      if (wall && lost && banner.hidden) write(banner, fill(WORDS['cut-off-since'], { hour: s.clock === null ? '' : hhmm(Math.max(s.heard, s.http)) }));
      if (old && !lost) write(banner, fill(s.why ? WORDS['cut-off-since'] : WORDS['data-of'], { hour: hhmm(s.read) }));
      if (!wall && (lost || s.why)) write(banner, lost ? WORDS['no-registering'] : s.why);
      const hide = !lost && !old && (wall || !s.readonly);
      if (banner.hidden !== hide) banner.hidden = hide;
      if (!wall) body.dataset.registro = hide ? 'si' : lost ? 'sin-conexion' : 'solo-mirar'; // act.js closes the buttons
    }
    if (s.behind && !inHand() && !touching(10000)) refresh(); // nobody has asked for it, and nobody is in its way any more
    if (!touching(2000)) [...later].forEach((id) => { const card = $(id); if (card) recard(card); else later.delete(id); });
    if (s.missed && !touching(2000)) { s.missed = false; htmx.trigger(body, 'resync'); }
    showChanges();
    const notice = $('version');
    if (notice) notice.hidden = !s.stale;
    if (s.stale && atRest()) anew(atRest);
  };
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
