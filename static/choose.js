// The boxes that a worker ticked: kept while he searches, filters or comes back to his name, until he sends or drops them.
(() => {
  const MOST = 50;
  const key = `elegidos-${document.body.dataset.trabajador}`;
  const name = (form, value) => `${form} ${value}`;
  const of = (box) => name(box.getAttribute('form'), box.value);
  const chosen = new Set();
  try { JSON.parse(sessionStorage.getItem(key) || '[]').forEach((one) => chosen.add(one)); } catch { /* none kept */ }

  const keep = () => {
    try {
      if (chosen.size) sessionStorage.setItem(key, JSON.stringify([...chosen])); else sessionStorage.removeItem(key);
    } catch { /* they last as long as the page */ }
  };
  const inForm = (form) => [...chosen].filter((one) => one.startsWith(`${form} `));

  // The page as the choice is: ticked boxes, hidden fields for cards that are not shown, counts.
  const show = () => {
    for (const id of ['lote', 'soltar']) {
      const form = document.getElementById(id);
      if (!form) continue;
      const boxes = [...document.querySelectorAll(`.elige[form=${id}]`)];
      for (const one of inForm(id)) { // the card is here and has no box any more: somebody was faster
        const spool = one.split(/[ :]/).at(-1);
        const card = document.getElementById(`spool-${spool}`);
        if (card && !('mira' in card.dataset) && !boxes.some((box) => of(box) === one)) chosen.delete(one);
      }
      const all = inForm(id), full = all.length >= MOST;
      boxes.forEach((box) => {
        box.checked = chosen.has(of(box));
        box.disabled = full && !box.checked;
      });
      form.querySelectorAll('[data-elegido]').forEach((el) => el.remove());
      for (const one of all.filter((one) => !boxes.some((box) => of(box) === one))) {
        const field = Object.assign(document.createElement('input'), { type: 'hidden', name: 'carretes', value: one.slice(id.length + 1) });
        field.dataset.elegido = '';
        form.append(field);
      }
      const count = form.querySelector('[data-cuenta]'), text = fill(full ? WORDS['chosen-full'] : WORDS.chosen, { count: full ? MOST : all.length });
      if (count.textContent !== text) count.textContent = text;
    }
    keep();
  };
  const drop = (ones) => { ones.forEach((one) => chosen.delete(one)); show(); };
  const sent = {}; // form -> what it went with: what is ticked meanwhile is still to be sent
  document.addEventListener('submit', ({ target }) => { if (!target.matches('.htmx-request')) sent[target.id] = inForm(target.id); }, true);

  document.addEventListener('change', (e) => {
    if (!e.target.matches('.elige')) return;
    if (e.target.checked) chosen.add(of(e.target)); else chosen.delete(of(e.target));
    show();
  });
  document.addEventListener('reset', (e) => setTimeout(() => drop(inForm(e.target.id))));
  document.addEventListener('click', (e) => {
    const form = e.target.closest('[data-todos]')?.form.id;
    if (!form) return;
    for (const box of document.querySelectorAll(`.elige[form=${form}]`)) if (inForm(form).length < MOST) chosen.add(of(box));
    show();
  });
  new MutationObserver((list) => {
    const added = list.flatMap((m) => [...m.addedNodes]).filter((node) => node.nodeType === 1);
    const done = added.find((node) => node.matches('.result[data-hecho]'));
    // What the workbook or the locks did not answer is still to be sent.
    const stay = new Set(done?.dataset.quedan?.split(' '));
    if (done) drop((sent[done.dataset.hecho] ?? []).filter((one) => !stay.has(one.split(/[ :]/).at(-1))));
    else if (added.some((node) => node.matches('.spool, #lista') || node.querySelector?.('.spool'))) show();
  }).observe(document.body, { childList: true, subtree: true });
  show();
})();
