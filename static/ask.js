// What a list asks before it acts: dialogs, and a call for help, which is asked above the list.
(() => {
  let asker = null; // the focus goes back to it
  document.addEventListener('click', (e) => {
    // Who goes back has given up what he began to type; the tablet is not his because of it.
    if (e.target.closest('dialog .back')) e.target.closest('dialog').querySelectorAll('form').forEach((form) => form.reset());
    if (e.target.closest('[data-cerrar]') && e.target.closest('.result:has(.reasons)')) asker?.focus({ preventScroll: true });
    // Sixty cards are ready sooner when only what each has of its own is htmx's.
    const help = e.target.closest('a[data-ayuda]');
    if (help && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
      e.preventDefault();
      asker = help;
      help.setAttribute('hx-indicator', '#cargando');
      htmx.ajax('GET', help.getAttribute('href'), { source: help, target: '#pregunta', swap: 'innerHTML' });
    }
    // Browsers before 2025 do not know command and commandfor.
    const opener = e.target.closest('button[commandfor]');
    if (opener && !('commandForElement' in opener)) {
      const dialog = document.getElementById(opener.getAttribute('commandfor'));
      if (opener.getAttribute('command') === 'close') dialog.close(); else dialog.showModal();
    }
  });

  // What was opened and closed, for the record of this tablet.
  document.addEventListener('toggle', ({ target, newState }) => {
    if (!target.matches?.('dialog')) return;
    if (newState === 'closed') target.querySelector('.first')?.remove(); // what was said of a scan
    const que = `${newState === 'open' ? 'abre' : 'cierra'} ${target.querySelector('h2')?.textContent ?? target.id}`;
    navigator.sendBeacon('/rastro', new URLSearchParams({ que, build: document.body.dataset.build }));
  }, true);
})();
