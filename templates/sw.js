// Keeps the shell of one build and the page that says there is no connection. Never a page with data, never a write.
const KEPT = 'spoolboard-{{ build }}';
const OFFLINE = '/sin-conexion';
const SHELL = [OFFLINE,
  '{{ crate::web::assets::url("app.css") }}', '{{ crate::web::assets::url("theme.js") }}', '{{ crate::web::assets::url("screen.js") }}',
  '{{ crate::web::assets::url("favicon.svg") }}', '{{ crate::web::assets::url("icons.svg") }}'];

self.addEventListener('install', (e) => e.waitUntil(
  caches.open(KEPT).then((kept) => kept.addAll(SHELL)).then(() => self.skipWaiting())));

self.addEventListener('activate', (e) => e.waitUntil(
  caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name))))
    .then(() => self.clients.claim())));

// On a Wi-Fi that carries nothing no error comes either: whoever asked for a page is told after ten seconds, and its
// connection, of which a browser has six, is given back. What is sent is waited for: its answer says whether it was done.
const page = (asked) => {
  if (asked.method !== 'GET') return fetch(asked);
  const patience = new AbortController();
  const over = setTimeout(() => patience.abort(), 10000);
  return fetch(asked, { signal: patience.signal }).finally(() => clearTimeout(over));
};

self.addEventListener('fetch', (e) => {
  if (e.request.mode === 'navigate') e.respondWith(page(e.request).catch(() => caches.match(OFFLINE)));
  else if (SHELL.includes(new URL(e.request.url).pathname)) e.respondWith(caches.match(e.request).then((kept) => kept || fetch(e.request)));
});
