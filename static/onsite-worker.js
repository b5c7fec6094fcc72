/* Keeps the page of one visit without network: the network first, what the page put aside where there is none. Its
   scope is the address of that visit; it stores nothing itself. */
"use strict";
self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });
self.addEventListener("fetch", function (event) {
  if (event.request.method !== "GET") { return; }
  event.respondWith(fetch(event.request).catch(function (error) {
    return caches.match(event.request, { ignoreVary: true }).then(function (kept) {
      if (kept) { return kept; }
      throw error;
    });
  }));
});
