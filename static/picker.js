/* Comfort only: arrows, Enter and Backspace in a search whose finds are buttons. Without this file the buttons and the
   form's own Enter do the same. <input data-picks="id of the list">, <button data-drop="id of the input"> drops the last. */
(function () {
  "use strict";
  function options(input) {
    return Array.prototype.slice.call(document.querySelectorAll("#" + input.dataset.picks + " [role=option]"));
  }
  function here(list) { return list.findIndex(function (one) { return one.getAttribute("aria-selected") === "true"; }); }
  function mark(input, list, place) {
    list.forEach(function (one, at) { one.setAttribute("aria-selected", String(at === place)); });
    if (place < 0) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", list[place].id);
    list[place].scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", function (event) {
    var input = event.target.closest("[data-picks]");
    if (!input || event.isComposing) { return; }
    var list = options(input), place = here(list);
    if (event.key === "ArrowDown" && list.length) { mark(input, list, (place + 1) % list.length); event.preventDefault(); }
    if (event.key === "ArrowUp" && list.length) { mark(input, list, (place <= 0 ? list.length : place) - 1); event.preventDefault(); }
    if (event.key === "Enter" && list.length && (place >= 0 || !/\s/.test(input.value.trim()))) {
      event.preventDefault();
      list[Math.max(place, 0)].click();
    }
    if (event.key === "Escape") { input.value = ""; mark(input, list, -1); }
    if (event.key === "Backspace" && !input.value) {
      var drop = document.querySelector("[data-drop=" + input.id + "]");
      if (drop) { event.preventDefault(); drop.click(); }
    }
  });
  /* A find that fills fields of the same form: <button data-fill="name" data-value="…" data-fill-more=… data-more=…
     data-then="field that takes the focus">. */
  document.addEventListener("click", function (event) {
    var find = event.target.closest("[data-fill]");
    if (!find) { return; }
    var form = find.closest("form");
    form.elements[find.dataset.fill].value = find.dataset.value;
    form.elements[find.dataset.fillMore].value = find.dataset.more;
    find.parentElement.replaceChildren();
    var then = form.elements[find.dataset.then];
    (then.length ? then[0] : then).focus();
  });
  /* After a code is taken up or dropped the search it came from is ready for the next. */
  var last = "";
  document.addEventListener("focusin", function (event) {
    if (event.target.dataset && event.target.dataset.picks) { last = event.target.id; }
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    var input = event.target.id === "desk" && last && document.getElementById(last);
    if (input) { input.focus(); }
  });
})();
