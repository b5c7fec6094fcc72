/* Comfort only: arrow keys move among the cells of a calendar, Enter follows the link as everywhere. */
(function () {
  "use strict";
  /* The table as it is seen: for each row and column the cell that covers it. */
  function lay(table) {
    var seen = [];
    Array.prototype.forEach.call(table.tBodies[0].rows, function (row, y) {
      var x = 0;
      seen[y] = seen[y] || [];
      Array.prototype.forEach.call(row.cells, function (cell) {
        while (seen[y][x]) { x += 1; }
        for (var down = 0; down < cell.rowSpan; down += 1) {
          seen[y + down] = seen[y + down] || [];
          for (var right = 0; right < cell.colSpan; right += 1) { seen[y + down][x + right] = cell; }
        }
        x += cell.colSpan;
      });
    });
    return seen;
  }
  function place(seen, cell) {
    for (var y = 0; y < seen.length; y += 1) {
      var x = seen[y].indexOf(cell);
      if (x >= 0) { return { y: y, x: x }; }
    }
    return null;
  }
  var STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  /* The next link in a direction: straight ahead first; sideways a column without one there gives its nearest. */
  function next(seen, from, step) {
    var y = from.y + step[0], x = from.x + step[1];
    while (seen[y] && seen[y][x]) {
      var link = seen[y][x].querySelector("a");
      if (link && seen[y][x] !== seen[from.y][from.x]) { return link; }
      if (step[1]) {
        for (var far = 1; far < seen.length; far += 1) {
          var near = [y - far, y + far].map(function (row) {
            return seen[row] && seen[row][x] && seen[row][x].colSpan === 1 ? seen[row][x].querySelector("a") : null;
          });
          if (near[0] || near[1]) { return near[0] || near[1]; }
        }
      }
      y += step[0];
      x += step[1];
    }
    return null;
  }
  document.addEventListener("DOMContentLoaded", function () {
    var table = document.querySelector("table[data-grid]");
    var form = document.querySelector("form[data-focus]");
    var first = form && form.querySelector("input:not([type=hidden]), select, button");
    if (first && !document.getElementById("errors")) {
      first.focus();
      /* The browser takes the focus away again when it goes to the fragment of the address. */
      window.addEventListener("load", function () { window.setTimeout(function () { first.focus(); }); });
    }
    if (!table) { return; }
    var seen = lay(table);
    var links = Array.prototype.slice.call(table.querySelectorAll("a"));
    function only(link) { links.forEach(function (one) { one.tabIndex = one === link ? 0 : -1; }); }
    if (links.length) { only(table.querySelector("td.free a") || links[0]); }
    table.addEventListener("keydown", function (event) {
      var step = STEPS[event.key], cell = event.target.closest("td");
      if (!step || !cell) { return; }
      event.preventDefault();
      var link = next(seen, place(seen, cell), step);
      if (link) { only(link); link.focus(); }
    });
  });
})();
