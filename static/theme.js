/* Before the first paint: without a chosen theme (a cookie the server reads) the machine's own decides. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  if (root.dataset.theme === "system" && window.matchMedia("(prefers-color-scheme: dark)").matches) {
    root.dataset.bsTheme = "dark";
  }
  try {
    if (localStorage.getItem("density")) { root.dataset.density = localStorage.getItem("density"); }
  } catch (error) { /* storage may be off: rows keep their height */ }
})();
