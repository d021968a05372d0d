//! What a page is looked at for: that it fits, that all of it can be pressed, and that axe finds nothing.

use crate::tab::Tab;
use crate::{TABLETS, WALL};

/// The rules of others for those who do not see, or not well.
pub(crate) const AXE: &str = include_str!("vendor/axe-core-4.14.1.min.js");

/// Every device.
pub(crate) const SIZES: [(u32, u32); 5] = [TABLETS[0], TABLETS[1], TABLETS[2], TABLETS[3], WALL];

/// What is wider than its room, or cut off; but, with dots that say so, for the dull part of a TAG on the wall and for
/// somebody's own words there, and for what is written into a field.
pub(crate) const UNFIT: &str = r#"
(() => {
  const bad = [];
  const root = document.documentElement, main = document.querySelector('main');
  if (root.scrollWidth > root.clientWidth) bad.push(`the page scrolls sideways by ${root.scrollWidth - root.clientWidth} px`);
  if (main.scrollWidth > main.clientWidth) bad.push(`the content scrolls sideways by ${main.scrollWidth - main.clientWidth} px`);
  const below = root.scrollHeight - root.clientHeight;
  if (below > 0 && innerHeight > 300) bad.push(`the page scrolls away under its head by ${below} px`);
  const right = main.getBoundingClientRect().right + 1;
  for (const el of document.querySelectorAll('.top *, main *, .bottom *')) {
    if (el.closest('.hide, svg, [hidden]') || !el.checkVisibility()) continue;
    const style = getComputedStyle(el), box = el.getBoundingClientRect();
    if (style.overflowX === 'hidden' && !el.matches('.wall .head, .wall .plea, input') && el.scrollWidth > el.clientWidth + 1) bad.push(`cut: ${el.className} ${el.textContent.slice(0, 40)}`);
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
    const least = el.matches('.spool button:is(.take, .pause, .complete), .batch :is(.take, .pause)') ? 96
      : el.matches('.take, .pause, .complete, .danger, .reject, .changes, .reason, .back') ? 64 : 48;
    if (target.height < least) bad.push(`${name}: ${target.height} px high, ${least} wanted`);
    if (target.width < Math.min(least, 48)) bad.push(`${name}: ${target.width} px wide`);
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (!hit || !(el.contains(hit) || el.labels && [...el.labels].some((label) => label.contains(hit))))
      bad.push(`${name}: covered by ${hit?.outerHTML.slice(0, 60)}`);
  }
  return bad;
})()
"#;

/// Cards that can act and do not have one filled verb: the fills are the only strong colours (`.take`, `.complete` …).
const PRIMARY: &str = r#"
[...document.querySelectorAll('.spool:has(> .acts form)')].map((card) => {
  const filled = [...card.querySelectorAll(':scope > .acts button:not(:disabled)')].filter((el) => {
    const [red, green, blue, alpha = 1] = getComputedStyle(el).backgroundColor.match(/[\d.]+/g).map(Number);
    return alpha > 0 && Math.max(red, green, blue) - Math.min(red, green, blue) > 100;
  });
  return filled.length === 1 ? '' : `${card.ariaLabel}: ${filled.length} filled verbs: ${filled.map((el) => el.textContent)}`;
}).filter((found) => found)
"#;

/// Shows the page that is open in these colours.
pub(crate) fn theme(sun: bool) -> String {
    format!("(document.documentElement.dataset.tema = '{}') !== null", if sun { "sol" } else { "" })
}

/// The word for these colours, in the names of pictures.
pub(crate) fn colours(sun: bool) -> &'static str {
    if sun { "sol" } else { "navy" }
}

/// Shows the page that is open on every device in both themes, and gathers what a look finds on each.
pub(crate) async fn everywhere(tab: &Tab, name: &str, look: impl AsyncFn((u32, u32), bool) -> Vec<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (sun, (width, height)) in SIZES.into_iter().flat_map(|size| [(false, size), (true, size)]) {
        tab.size(width, height, (width, height) != WALL).await;
        tab.ask::<bool>(&theme(sun)).await;
        let found = look((width, height), sun).await;
        wrong.extend(found.into_iter().map(|what| format!("{name} at {width}x{height}, {}: {what}", colours(sun))));
    }
    wrong
}

/// What does not fit, cannot be pressed, or is not the one primary of its card, on the page that is open.
pub(crate) async fn unfit(tab: &Tab) -> Vec<String> {
    let mut found: Vec<String> = tab.ask(UNFIT).await;
    found.extend(tab.ask::<Vec<String>>(PRESSABLE).await);
    found.extend(tab.ask::<Vec<String>>(PRIMARY).await);
    found
}

/// Brings axe into the page that is open.
pub(crate) async fn bring_axe(tab: &Tab) {
    tab.ask::<bool>(&format!("(() => {{ {AXE}; return true; }})()")).await;
}

/// What axe, once it is there, finds on the page that is open; but for what `left_out` selects, as JavaScript says it.
pub(crate) async fn axe(tab: &Tab, left_out: &str) -> Vec<String> {
    tab.ask(&format!(
        "axe.run({{ include: document, exclude: [{left_out}] }}, {{ resultTypes: ['violations'] }}).then((found) => \
         found.passes.length < 15 ? ['axe found little to look at'] : found.violations.flatMap((rule) => \
         rule.nodes.slice(0, 3).map((node) => rule.id + ': ' + node.html.slice(0, 120) + ' | ' + (node.any[0]?.message || node.all[0]?.message || ''))))"
    ))
    .await
}
