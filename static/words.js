// The sentences of the scripts. The server writes WORDS before this: those of its catalogue whose key begins with `script-`.
const fill = (text, given) => text.replace(/\{([\w-]+)\}/g, (all, name) => given[name] ?? all);
// The form that the language of the page has for a number.
const many = (forms, count) => fill(forms[new Intl.PluralRules(document.documentElement.lang).select(count)] ?? forms.other, { count });
