/* Comfort only: a list of work by keyboard. In a list j and k go from row to row, Enter opens, x ticks; on the page of
   one row j and k go on to the next and the one before in that list, u goes back to it. Links do the same by hand. */
(function () {
  "use strict";
  var KEPT = "list-of-work";
  function links() { return Array.prototype.slice.call(document.querySelectorAll("#list tbody th a[href]")); }
  function typing(event) {
    return event.ctrlKey || event.metaKey || event.altKey ||
      event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  }
  /* What the list shows is kept for this tab only, as addresses: no name and no number of a patient. */
  function keep(found) {
    var rows = found.map(function (one) { return one.getAttribute("href"); });
    try { sessionStorage.setItem(KEPT, JSON.stringify({ list: location.pathname + location.search, rows: rows })); } catch (error) { /* off */ }
  }
  function kept() {
    try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch (error) { return null; }
  }
  function inList(event, step) {
    var found = links();
    var here = found.indexOf(document.activeElement.closest("tr") && document.activeElement.closest("tr").querySelector("th a[href]"));
    if (event.key === "x") {
      var box = here >= 0 && found[here].closest("tr").querySelector("input[type=checkbox]");
      if (box) { box.click(); event.preventDefault(); }
      return;
    }
    var next = found[Math.min(Math.max(here + step, 0), found.length - 1)];
    if (step && next) { next.focus(); next.scrollIntoView({ block: "nearest" }); event.preventDefault(); }
  }
  function onPage(event, step) {
    var state = kept();
    var place = state ? state.rows.indexOf(location.pathname) : -1;
    if (place < 0) { return; }
    var to = event.key === "u" ? state.list : state.rows[place + step];
    if ((step || event.key === "u") && to) { event.preventDefault(); location.assign(to); }
  }
  document.addEventListener("keydown", function (event) {
    if (typing(event)) { return; }
    var step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
    if (!step && event.key !== "x" && event.key !== "u") { return; }
    if (links().length) { inList(event, step); } else { onPage(event, step); }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("#list tbody th a[href]")) { keep(links()); }
  });
})();
