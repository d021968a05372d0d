//! What a page is looked at for: that it fits, and that all of it can be pressed.

/// What is wider than its room, or cut off without dots that say so.
pub(crate) const UNFIT: &str = r#"
(() => {
  const bad = [];
  const root = document.documentElement, main = document.querySelector('main');
  if (root.scrollWidth > root.clientWidth) bad.push(`the page scrolls sideways by ${root.scrollWidth - root.clientWidth} px`);
  if (main.scrollWidth > main.clientWidth) bad.push(`the content scrolls sideways by ${main.scrollWidth - main.clientWidth} px`);
  const right = main.getBoundingClientRect().right + 1;
  for (const el of main.querySelectorAll('*')) {
    if (el.closest('.hide, svg, [hidden]') || !el.checkVisibility()) continue;
    const style = getComputedStyle(el), box = el.getBoundingClientRect();
    if (style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis' && el.scrollWidth > el.clientWidth + 1) bad.push(`cut: ${el.className} ${el.textContent.slice(0, 40)}`);
    if (box.width > 0 && box.right > right) bad.push(`beyond the edge: ${el.tagName} ${el.className} ${el.textContent.slice(0, 40)}`);
  }
  return bad.slice(0, 5);
})()
"#;

/// Everything that can be pressed: its size, and whether its middle is its own once it is in view.
pub(crate) const PRESSABLE: &str = r#"
(() => {
  const bad = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) bad.push(`scrolls sideways by ${wide} px`);
  const main = document.querySelector('main');
  if (main.scrollWidth > main.clientWidth) bad.push(`main scrolls sideways by ${main.scrollWidth - main.clientWidth} px`);
  const dialog = document.querySelector('dialog[open]');
  for (const el of (dialog || document).querySelectorAll('a[href], button, input, select, summary, label.pick')) {
    if (el.disabled || el.type === 'hidden' || el.matches('.skip') || !el.checkVisibility({ visibilityProperty: true })) continue;
    el.scrollIntoView({ block: 'center' });
    const box = el.getBoundingClientRect();
    const target = el.matches('input:is([type=checkbox], [type=radio])') ? el.closest('label').getBoundingClientRect() : box;
    const name = (el.textContent.trim() || el.name || el.type).slice(0, 40);
    const least = el.matches('.spool button:is(.take, .pause, .complete):not(dialog *)') ? 96
      : el.matches('.take, .pause, .complete, .danger, .reject, .changes, .reason, .back') ? 64 : 48;
    if (target.height < least) bad.push(`${name}: ${target.height} px high, ${least} wanted`);
    if (target.width < Math.min(least, 48)) bad.push(`${name}: ${target.width} px wide`);
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (!hit || !(el.contains(hit) || hit.contains(el) || el.labels && [...el.labels].some((label) => label.contains(hit))))
      bad.push(`${name}: covered by ${hit?.outerHTML.slice(0, 60)}`);
  }
  return bad;
})()
"#;

/// Shows the page that is open in these colours.
pub(crate) fn theme(sun: bool) -> String {
    format!("(document.documentElement.dataset.tema = '{}') !== null", if sun { "sol" } else { "" })
}

/// The word for these colours, in the names of pictures.
pub(crate) fn colours(sun: bool) -> &'static str {
    if sun { "sol" } else { "navy" }
}
