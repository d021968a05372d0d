//! A page's own clock, which a journey winds on: twenty minutes without a server take seconds.

use crate::tab::Tab;

/// Timers and `performance.now` of every page from now on. Their time runs as ever, and jumps on by some seconds when
/// `pasan` is called; between two jumps what was asked of the network gets its answer.
const WOUND: &str = r#"
(() => {
  const real = performance.now.bind(performance), rest = window.setTimeout.bind(window), pump = window.setInterval.bind(window);
  const timers = new Map();
  let ahead = 0, next = 1;
  const now = () => real() + ahead;
  performance.now = now;
  const add = (f, ms, every, args) => { timers.set(next, { at: now() + (Number(ms) || 0), f, every, args }); return next++; };
  window.setTimeout = (f, ms, ...args) => add(f, ms, null, args);
  window.setInterval = (f, ms, ...args) => add(f, ms, Math.max(Number(ms) || 0, 10), args);
  window.clearTimeout = window.clearInterval = (id) => timers.delete(id);
  const run = () => {
    for (;;) {
      const due = [...timers].filter(([, it]) => it.at <= now()).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) return;
      const [id, it] = due;
      if (it.every) it.at = Math.max(it.at + it.every, now() - it.every); else timers.delete(id);
      it.f(...it.args);
    }
  };
  pump(run, 10);
  window.pasan = async (times, seconds) => {
    for (; times > 0; times -= 1) { ahead += seconds * 1000; run(); await new Promise((go) => rest(go, 6)); }
    return true;
  };
  // What this page has shown of its connection, one word a change.
  const told = window.estados = [];
  document.addEventListener('DOMContentLoaded', () => {
    const dot = document.getElementById('conexion') ?? document.getElementById('sin-conexion');
    const look = () => {
      const is = dot.dataset.estado ?? (dot.hidden ? 'vivo' : 'caido');
      if (told.at(-1) !== is) told.push(is);
    };
    new MutationObserver(look).observe(dot, { attributes: true });
    look();
  });
})();
"#;

/// The moment in which what has just come ignores taps, and a bar that was touched is still there, passes only as far as
/// `pasa(ms)` says.
pub(crate) const MOMENT: &str = "{ const later = setTimeout, never = clearTimeout, held = new Map(); let at = 0, last = 1e9; \
     window.setTimeout = (f, ms, ...rest) => ms === 400 ? (held.set(++last, [at + ms, f]), last) : later(f, ms, ...rest); \
     window.clearTimeout = (id) => held.delete(id) || never(id); \
     window.pasa = (ms) => { at += ms; for (const [id, [due, f]] of [...held]) if (due <= at) { held.delete(id); f(); } return true; }; }";

/// Gives the pages of this tab such a clock, from the next one on.
pub(crate) async fn wind(tab: &Tab) {
    tab.beforehand(WOUND).await;
}

/// So many seconds pass for the page: one by one in the first minute, then faster.
pub(crate) async fn pass(tab: &Tab, seconds: u32) {
    const STRIDE: u32 = 6;
    let jump = async |times: u32, stride: u32| {
        // In portions for which the driver has the patience on a slow machine, too.
        for done in (0..times).step_by(30) {
            assert!(tab.ask::<bool>(&format!("window.pasan({}, {stride})", (times - done).min(30))).await);
        }
    };
    jump(seconds.min(60), 1).await;
    jump(seconds.saturating_sub(60) / STRIDE, STRIDE).await;
}

/// The states of its connection that the page has shown, in their order.
pub(crate) async fn shown(tab: &Tab) -> Vec<String> {
    let states: Vec<String> = tab.ask("window.estados").await;
    states.into_iter().filter(|state| state != "espera").collect()
}
