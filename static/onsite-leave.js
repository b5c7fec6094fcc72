/* At sign-in nobody is signed in: what visits left on this device is made unreadable. Keys and pages go; what was not
   sent yet stays, sealed, until the same person signs in and opens the visit again. */
(function () {
  "use strict";
  if (window.indexedDB) { window.indexedDB.deleteDatabase("onsite-keys"); }
  if (window.caches) {
    window.caches.keys().then(function (names) {
      names.forEach(function (name) { if (name.indexOf("onsite:") === 0) { window.caches.delete(name); } });
    });
  }
  if (navigator.serviceWorker) {
    navigator.serviceWorker.getRegistrations().then(function (found) {
      found.forEach(function (one) { if (one.scope.indexOf("/onsite/") > 0) { one.unregister(); } });
    });
  }
})();
