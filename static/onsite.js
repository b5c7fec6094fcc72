/* A visit on a phone: what is entered is kept on the device at once and sent when there is a network, each thing by its
   own key, so that sent twice it is stored once. Without this file the same forms work online. */
(function () {
  "use strict";
  var root = document.querySelector("[data-onsite]");
  if (!root) { return; }
  var words = JSON.parse(document.getElementById("onsite-texts").textContent);
  var base = root.dataset.onsite, lead = "lead" in root.dataset;
  var NAME = "onsite:" + root.dataset.user + ":" + root.dataset.visit;
  var ORDER = { answer: 0, photo: 1, sign: 2, finish: 3 };
  var store = null, parcels = new Map(), busy = false, again = false, note = "";

  function token() { var found = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/); return found ? found[1] : ""; }
  function say(text, values) {
    return text.replace(/\{(\w+)\}/g, function (_all, name) { return values[name]; });
  }
  function every(selector, act, within) { Array.prototype.forEach.call((within || root).querySelectorAll(selector), act); }
  function formOf(item) { return root.querySelector("form[data-item='" + item + "']"); }
  function values(form, name) { return new FormData(form).getAll(name); }
  function waiting(kind, item) {
    return Array.from(parcels.values()).filter(function (one) {
      return one.state !== "sent" && one.kind === kind && (item === undefined || one.item === item);
    });
  }
  function mark(place, text, late) {
    var box = place && place.querySelector("[data-state]");
    if (box) { box.textContent = text; box.classList.toggle("late", Boolean(late)); }
  }

  /* What is said of an item */
  function lacks(form) {
    if (values(form, "outcome")[0] !== "deducted") { return ""; }
    var reasons = values(form, "reason"), other = form.dataset.other;
    if (!reasons.length || (reasons.indexOf(other) >= 0 && values(form, "note")[0].trim() === "")) { return words.draft; }
    if (form.dataset.rule === "rate" && !values(form, "unit").length) { return words.unit; }
    return form.querySelector("input[type=number]:invalid") ? words.number : "";
  }
  function heads(form) { return form.elements.replaces.value.split(" ").filter(Boolean); }
  function fieldsOf(form) {
    var found = {};
    new FormData(form).forEach(function (value, name) {
      if (name !== "csrfmiddlewaretoken" && name !== "uid" && name !== "replaces") { (found[name] = found[name] || []).push(value); }
    });
    return found;
  }
  async function keepAnswer(form) {
    if (!values(form, "outcome").length) { return; }
    var item = form.dataset.item, old = waiting("answer", item)[0];
    var parcel = old && !old.tried ? old : {
      id: crypto.randomUUID(), kind: "answer", item: item, path: "answer/" + item + "/",
      replaces: old ? old.replaces.concat([old.id]) : heads(form)
    };
    parcel.fields = fieldsOf(form);
    parcel.at = new Date().toISOString();
    parcel.state = lacks(form) ? "draft" : "ready";
    parcel.error = "";
    if (old && old !== parcel) { parcels.delete(old.id); await store.drop(old.id); }
    await keep(parcel);
    mark(form, lacks(form) || words.kept, parcel.state === "draft");
  }
  async function keep(parcel) {
    parcels.set(parcel.id, parcel);
    await store.put(parcel);
    parcel.stored = true; /* only what is written is said to be kept */
    show();
  }
  function restore(parcel) {
    var form = formOf(parcel.item);
    if (!form) { return; }
    every("input[type=radio], input[type=checkbox]", function (box) {
      box.checked = (parcel.fields[box.name] || []).indexOf(box.value) >= 0;
    }, form);
    every("input[type=number], textarea", function (box) {
      if (parcel.fields[box.name]) { box.value = parcel.fields[box.name][0]; }
    }, form);
    if (parcel.state === "sent") { form.elements.replaces.value = parcel.id; }
    mark(form, parcel.error || (parcel.state === "sent" ? words.stored : lacks(form) || words.kept),
      parcel.state === "refused" || parcel.state === "draft");
    unfold(form);
  }
  function unfold(form) {
    var why = form.querySelector("details");
    if (why) { why.open = values(form, "outcome")[0] === "deducted"; }
  }

  /* Photos: drawn anew, smaller; the place and time the camera wrote are left behind */
  async function smaller(file) {
    var image = await createImageBitmap(file);
    var scale = Math.min(1, 1600 / Math.max(image.width, image.height));
    var canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", 0.72);
  }
  function picture(item, address) {
    var image = document.createElement("img");
    image.className = "thumb";
    image.src = address;
    image.alt = item;
    root.querySelector("form[data-photo='" + item + "'] [data-photos]").appendChild(image);
  }
  async function keepPhoto(form, file) {
    var item = form.dataset.photo, address = await smaller(file);
    picture(item, address);
    form.reset();
    await keep({ id: crypto.randomUUID(), kind: "photo", item: item, path: "photo/" + item + "/", fields: {}, file: address,
      at: new Date().toISOString(), state: "ready" });
    mark(form, words.photo);
  }

  /* Signatures */
  function pad(canvas) {
    var pen = canvas.getContext("2d"), drawing = false;
    function place(event) {
      var box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
    }
    pen.lineWidth = 3;
    pen.lineCap = "round";
    canvas.hidden = false;
    canvas.addEventListener("pointerdown", function (event) {
      drawing = true;
      canvas.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo.apply(pen, place(event));
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", function (event) {
      if (!drawing) { return; }
      pen.lineTo.apply(pen, place(event));
      pen.stroke();
      canvas.dataset.drawn = "";
    });
    ["pointerup", "pointercancel"].forEach(function (name) { canvas.addEventListener(name, function () { drawing = false; }); });
  }
  /* The answers the signer has before the eyes: what waits here, else what the server holds. */
  function standing() {
    var found = [];
    every("form[data-item]", function (form) {
      var mine = waiting("answer", form.dataset.item)[0];
      if (mine) { found.push(mine.id); } else { found = found.concat(heads(form)); }
    });
    return found;
  }
  function wipe(canvas) {
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    delete canvas.dataset.drawn;
  }
  async function keepSignature(form) {
    var canvas = form.querySelector("canvas"), refused = form.elements.refused && form.elements.refused.checked;
    if (!refused && !("drawn" in canvas.dataset)) { mark(form, words.sign, true); return; }
    if (!form.reportValidity()) { return; }
    /* One signature a side waits here: a new one takes the place of what was refused or not yet sent. */
    for (var old of waiting("sign", form.dataset.sign)) { parcels.delete(old.id); await store.drop(old.id); }
    var fields = fieldsOf(form);
    delete fields.picture;
    fields.answers = [standing().join(" ")];
    if (!refused) { fields.image = [canvas.toDataURL("image/png")]; }
    await keep({ id: crypto.randomUUID(), kind: "sign", item: form.dataset.sign, path: "sign/", fields: fields,
      at: new Date().toISOString(), state: "ready" });
    wipe(canvas);
    mark(form, words.signed);
    await send();
  }

  /* Sending: one after the other, the end of the visit last */
  function body(parcel) {
    var found = new FormData();
    Object.keys(parcel.fields).forEach(function (name) {
      parcel.fields[name].forEach(function (value) { found.append(name, value); });
    });
    found.append("uid", parcel.id);
    found.append("made_at", parcel.at);
    if (parcel.replaces) { found.append("replaces", parcel.replaces.join(" ")); }
    if (parcel.file) {
      var raw = atob(parcel.file.split(",")[1]);
      var bytes = Uint8Array.from(raw, function (one) { return one.charCodeAt(0); });
      found.append("photo", new Blob([bytes], { type: "image/jpeg" }), "photo.jpg");
    }
    return found;
  }
  function taken(parcel, answer) {
    parcel.state = "sent";
    if (parcel.kind !== "answer") { mark(placeOf(parcel), words.stored); return; }
    var form = formOf(parcel.item);
    if (!form) { return; }
    form.elements.replaces.value = (answer.conflict && !lead ? [parcel.id] : answer.heads).join(" ");
    var rivals = form.querySelector("[data-rivals]");
    rivals.hidden = !answer.conflict;
    rivals.textContent = answer.conflict ? words.conflict + " " + answer.rivals.join(" | ") : "";
    mark(form, words.stored);
  }
  function refused(parcel, text) {
    parcel.state = "refused";
    parcel.error = text;
    mark(placeOf(parcel), text, true);
  }
  function placeOf(parcel) {
    return parcel.kind === "photo" ? root.querySelector("form[data-photo='" + parcel.item + "']")
      : parcel.kind === "sign" ? root.querySelector("form[data-sign='" + parcel.item + "']")
        : parcel.kind === "finish" ? root.querySelector("form[data-finish]") : formOf(parcel.item);
  }
  async function one(parcel) {
    parcel.tried = true;
    await store.put(parcel);
    var headers = { Accept: "application/json", "X-CSRFToken": token() };
    var answer;
    try {
      answer = await fetch(base + parcel.path, { method: "POST", body: body(parcel), headers: headers, redirect: "manual", credentials: "same-origin" });
    } catch (error) { note = words.offline; return false; }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) { note = words.signin; return false; }
    if (answer.status >= 500) { return false; }
    var said = await answer.json();
    if (answer.ok) { taken(parcel, said); } else { refused(parcel, said.error); }
    await store.put(parcel);
    if (parcel.kind === "finish" && said.state === "signed") { await leave(); return false; }
    return true;
  }
  function ready() {
    var left = Array.from(parcels.values()).filter(function (found) { return found.state !== "sent"; });
    /* A photo the server will not have keeps nobody from finishing; everything else does. */
    var open = left.filter(function (found) { return found.kind !== "photo" || found.state !== "refused"; });
    return left.filter(function (found) {
      return found.state === "ready" && (found.kind !== "finish" || open.length === 1);
    }).sort(function (found, other) { return ORDER[found.kind] - ORDER[other.kind]; });
  }
  async function sendAll() {
    note = "";
    var next = ready()[0];
    while (next) {
      var going = await one(next);
      show();
      if (!going) { return; }
      next = ready()[0];
    }
    await refresh();
  }
  async function send() {
    if (!store) { return; }
    if (busy) { again = true; return; }
    busy = true;
    try {
      do {
        again = false;
        if (navigator.locks) { await navigator.locks.request(NAME, sendAll); } else { await sendAll(); }
      } while (again);
    } finally { busy = false; show(); }
  }
  /* Once the page put aside shows what was taken, the device need not keep it any longer. */
  async function refresh() {
    var sent = Array.from(parcels.values()).filter(function (found) { return found.state === "sent"; });
    if (!sent.length || !await aside()) { return; }
    for (var place = 0; place < sent.length; place += 1) {
      parcels.delete(sent[place].id);
      await store.drop(sent[place].id);
    }
  }
  async function aside() {
    try {
      var page = await fetch(base, { redirect: "manual", credentials: "same-origin" });
      if (!page.ok) { return false; }
      await (await caches.open(NAME)).put(base, page);
      return true;
    } catch (error) { return false; }
  }
  /* The files the page is drawn with; one that is missing on the server is missing here, too. */
  async function looks() {
    var needed = performance.getEntriesByType("resource").map(function (found) { return found.name; });
    needed = needed.filter(function (found) { return found.indexOf(location.origin + "/static/") === 0; });
    var kept = await caches.open(NAME);
    await Promise.all(Array.from(new Set(needed.concat([root.dataset.icons]))).map(function (address) {
      return fetch(address).then(function (file) { return file.ok ? kept.put(address, file) : null; }, function () { return null; });
    }));
  }
  async function leave() {
    for (var id of Array.from(parcels.keys())) { await store.drop(id); }
    parcels.clear();
    store = null;
    await window.onsiteForget(NAME);
    await caches.delete(NAME);
    var worker = await navigator.serviceWorker.getRegistration(base);
    if (worker) { await worker.unregister(); }
    window.location.assign(root.dataset.visitPage);
  }

  /* What is seen of it */
  function lostBy(form) {
    var full = Number(form.dataset.full), drawn = Number(form.dataset.drawn), number = 0;
    values(form, "reason").forEach(function (place) { number += Number(form.elements["count_" + place].value) || 1; });
    if (form.dataset.rule === "all") { return full; }
    if (form.dataset.rule === "each") { return Math.min(full, Number(form.dataset.each) * number); }
    if (form.dataset.rule === "steps") {
      return form.dataset.steps.split(" ").filter(Boolean).reduce(function (lost, step) {
        var pair = step.split(":");
        return Number(pair[0]) <= number ? Math.max(lost, Number(pair[1])) : lost;
      }, 0);
    }
    var failed = Math.min(drawn, Math.max(values(form, "unit").length, 1));
    return !drawn || 100 * (drawn - failed) / drawn < Number(form.dataset.zeroBelow) ? full : full * failed / drawn;
  }
  function sums() {
    var list = root.querySelector("[data-sums]");
    list.textContent = "";
    every("form[data-item]", function (form) {
      if (values(form, "outcome")[0] !== "deducted") { return; }
      var reasons = values(form, "reason").map(function (place) { return form.querySelector("[data-reason='" + place + "']").textContent; });
      var line = document.createElement("li");
      line.textContent = form.dataset.item + " −" + (Math.round(lostBy(form) * 100) / 100) + " " + reasons.concat(values(form, "unit"), values(form, "note")).filter(Boolean).join("、");
      list.appendChild(line);
    });
    if (!list.firstChild) { list.appendChild(document.createElement("li")).textContent = words.nothing; }
  }
  function show() {
    var left = Array.from(parcels.values()).filter(function (found) { return found.stored && found.state !== "sent"; });
    var bad = left.filter(function (found) { return found.state === "refused"; }).length, all = 0;
    every("form[data-item]", function (form) { all += values(form, "outcome").length; });
    all += root.querySelectorAll("img.thumb").length + Number(root.dataset.signed) + waiting("sign").length;
    var text = left.length ? say(words.unsent, { n: left.length, all: Math.max(all, left.length) }) : all ? say(words.sent, { all: all }) : words.none;
    if (bad) { text += " " + say(words.refused, { n: bad }); }
    if (waiting("finish").length && left.length > 1 && !busy) { text += " " + words.stays; }
    var bar = root.querySelector("[data-sync]");
    bar.textContent = [text, navigator.onLine ? note : words.offline].filter(Boolean).join(" ");
    bar.dataset.left = left.length;
    sums();
  }

  function listen() {
    var timers = {};
    root.addEventListener("input", function (event) {
      var form = event.target.closest("form[data-item]");
      if (!form) { return; }
      unfold(form);
      window.clearTimeout(timers[form.dataset.item]);
      timers[form.dataset.item] = window.setTimeout(async function () { await keepAnswer(form); await send(); }, 250);
    });
    root.addEventListener("change", async function (event) {
      var form = event.target.closest("form[data-photo]");
      if (form && event.target.files && event.target.files[0]) { await keepPhoto(form, event.target.files[0]); await send(); }
    });
    root.addEventListener("submit", async function (event) {
      event.preventDefault();
      var form = event.target;
      if (form.dataset.item) { await keepAnswer(form); }
      if (form.dataset.sign) { await keepSignature(form); }
      if ("finish" in form.dataset) {
        waiting("finish").forEach(function (old) { parcels.delete(old.id); store.drop(old.id); });
        await keep({ id: crypto.randomUUID(), kind: "finish", item: "finish", path: "finish/", fields: fieldsOf(form), at: new Date().toISOString(), state: "ready" });
      }
      await send();
    });
    every("[data-wipe]", function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        wipe(button.closest("form").querySelector("canvas"));
      });
    });
    root.querySelector("[data-send]").addEventListener("click", send);
    window.addEventListener("online", send);
    window.addEventListener("offline", show);
    window.setInterval(function () { if (navigator.onLine && ready().length) { send(); } }, 15000);
  }
  async function begin() {
    store = await window.onsiteStore(NAME, base + "key/", token());
    if (!store) { root.querySelector("[data-sync]").textContent = words.online; return; }
    every("canvas", pad);
    every("[data-plain]", function (part) { part.hidden = true; });
    root.querySelector("[data-send]").hidden = false;
    (await store.all()).forEach(function (parcel) {
      parcels.set(parcel.id, parcel);
      parcel.stored = true;
      if (parcel.kind === "answer") { restore(parcel); }
      if (parcel.kind === "photo") { picture(parcel.item, parcel.file); }
      if (parcel.kind === "sign") { mark(root.querySelector("form[data-sign='" + parcel.item + "']"), parcel.error || words.signed, parcel.error); }
    });
    listen();
    if (navigator.onLine) { note = words.unready; }
    show();
    root.dataset.kept = "";
    await navigator.serviceWorker.register(base + "worker.js", { scope: base });
    await navigator.serviceWorker.ready;
    if (navigator.onLine && await aside()) {
      await looks();
      note = words.ready;
      root.dataset.offlineReady = "";
    }
    show();
    await send();
  }
  begin();
})();
