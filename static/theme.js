// The colours that this tablet was given: navy, or light for the sun. In the head, before anything is painted.
(() => {
  const root = document.documentElement;
  let kept = null;
  try { kept = localStorage.getItem('tema'); } catch { /* a tablet that keeps nothing: navy */ }
  const show = (sun) => {
    if (sun) root.dataset.tema = 'sol'; else delete root.dataset.tema;
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', sun ? '#f3f0ea' : '#001f3f');
    document.querySelector('[data-tema][aria-pressed]')?.setAttribute('aria-pressed', String(sun));
  };
  show(kept === 'sol');
  document.addEventListener('DOMContentLoaded', () => show(root.dataset.tema === 'sol'));
  document.addEventListener('click', (e) => {
    if (!e.target.closest('button[data-tema]')) return;
    show(root.dataset.tema !== 'sol');
    try {
      if (root.dataset.tema) localStorage.setItem('tema', 'sol'); else localStorage.removeItem('tema');
    } catch { /* it lasts as long as the page */ }
  });
})();
