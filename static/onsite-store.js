/* What a device keeps of a visit until it is sent: sealed (AES-GCM) under a key that the server gives to the inspector
   and that leaves the device at sign-out (onsite-leave.js). One record a thing to send; its id is its key. */
(function () {
  "use strict";
  var KEYS = "onsite-keys", DATA = "onsite";
  function ask(request) {
    return new Promise(function (resolve, reject) {
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { reject(request.error); };
    });
  }
  function open(name, path) {
    var request = window.indexedDB.open(name, 1);
    request.onupgradeneeded = function () { request.result.createObjectStore("rows", { keyPath: path }); };
    return ask(request);
  }
  function rows(base, mode) { return base.transaction("rows", mode).objectStore("rows"); }
  /* Read, close: an open connection would hold back the deletion at sign-out. */
  async function keyOf(name) {
    var base = await open(KEYS, "name");
    var found = await ask(rows(base, "readonly").get(name));
    base.close();
    return found && found.key;
  }
  async function keep(name, key) {
    var base = await open(KEYS, "name");
    await ask(rows(base, "readwrite").put({ name: name, key: key }));
    base.close();
  }
  async function forget(name) {
    var base = await open(KEYS, "name");
    await ask(rows(base, "readwrite").delete(name));
    base.close();
  }
  async function fetched(name, address, token) {
    var headers = { Accept: "application/json", "X-CSRFToken": token };
    var answer = await fetch(address, { method: "POST", headers: headers, redirect: "manual", credentials: "same-origin" });
    if (!answer.ok) { return null; }
    var raw = Uint8Array.from(atob((await answer.json()).key), function (one) { return one.charCodeAt(0); });
    var key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    await keep(name, key);
    return key;
  }
  function Store(name, key, base) { this.name = name; this.key = key; this.base = base; }
  Store.prototype.put = async function (parcel) {
    var iv = crypto.getRandomValues(new Uint8Array(12));
    var plain = new TextEncoder().encode(JSON.stringify(parcel));
    var sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, this.key, plain);
    await ask(rows(this.base, "readwrite").put({ id: parcel.id, visit: this.name, iv: iv, sealed: sealed }));
  };
  Store.prototype.drop = function (id) { return ask(rows(this.base, "readwrite").delete(id)); };
  Store.prototype.all = async function () {
    var found = [], self = this;
    var kept = (await ask(rows(this.base, "readonly").getAll())).filter(function (one) { return one.visit === self.name; });
    for (var place = 0; place < kept.length; place += 1) {
      var opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept[place].iv }, this.key, kept[place].sealed);
      found.push(JSON.parse(new TextDecoder().decode(opened)));
    }
    return found.sort(function (one, other) { return one.at < other.at ? -1 : 1; });
  };
  /* The store of a visit, or null where the browser cannot keep anything, or no key was ever given. */
  window.onsiteStore = async function (name, address, token) {
    var able = window.isSecureContext && navigator.serviceWorker && window.indexedDB && window.crypto && crypto.subtle;
    if (!able) { return null; }
    var key = null;
    try { key = await fetched(name, address, token); } catch (error) { /* no network */ }
    key = key || await keyOf(name);
    return key ? new Store(name, key, await open(DATA, "id")) : null;
  };
  window.onsiteForget = forget;
})();
