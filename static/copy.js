/* Comfort only: the button that copies a private link. Without this file the field beside it is selected by hand. */
(function () {
  "use strict";
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    var field = document.getElementById(button.dataset.copy), word = button.querySelector("[role=status]");
    button.hidden = false;
    field.addEventListener("focus", function () { field.select(); });
    button.addEventListener("click", function () {
      function done() { word.textContent = button.dataset.done; }
      function byHand() { field.focus(); field.select(); if (document.execCommand("copy")) { done(); } }
      if (!navigator.clipboard) { byHand(); return; }  // no https: an address inside the house
      navigator.clipboard.writeText(field.value).then(done, byHand);
    });
  });
})();
