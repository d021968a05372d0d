// The sentences of the scripts. The server writes WORDS before this: those of its catalogue whose key begins with `script-`.
const fill = (text, given) => text.replace(/\{([\w-]+)\}/g, (all, name) => given[name] ?? all);
// What the page holds in fields that are shown and not as it sent them: begun, and not sent.
const filledIn = (place, fields) => [...place.querySelectorAll(fields)].some((el) => el.getClientRects().length > 0
  && (el.options ? el.selectedIndex !== Math.max(0, [...el.options].findIndex((one) => one.defaultSelected)) : el.value !== el.defaultValue));
// What has just come or moved ignores taps: the finger was on its way to what stood there before. One that comes down
// meanwhile begins the moment anew.
const settle = (el) => {
  el.dataset.nueva = '';
  clearTimeout(el.settles);
  el.settles = setTimeout(() => delete el.dataset.nueva, 400);
};
// The form that the language of the page has for a number.
const many = (forms, count) => fill(forms[new Intl.PluralRules(document.documentElement.lang).select(count)] ?? forms.other, { count });
