/* Comfort only: the seconds of an emergency's clock, and a sound while one waits. Without this file the page shows the
   minutes and is asked for again by its link. The sound is switched on once by hand: browsers allow none before. */
(function () {
  "use strict";
  var context = null, button = document.getElementById("sound");
  function on() { try { return localStorage.getItem("board-sound") === "on"; } catch (error) { return false; } }
  function show() {
    if (!button) { return; }
    button.hidden = false;
    button.setAttribute("aria-pressed", String(on()));
    button.querySelector("span").textContent = on() ? button.dataset.on : button.dataset.off;
  }
  function wake() {
    var Audio = window.AudioContext || window.webkitAudioContext;
    if (Audio && !context) { context = new Audio(); }
    if (context && context.state === "suspended") { context.resume(); }
  }
  function beep() {
    if (!on() || !context) { return; }
    [0, 0.25].forEach(function (after) {
      var tone = context.createOscillator(), gain = context.createGain(), start = context.currentTime + after;
      tone.frequency.value = 880;
      gain.gain.setValueAtTime(0.2, start);
      gain.gain.exponentialRampToValueAtTime(0.001, start + 0.2);
      tone.connect(gain).connect(context.destination);
      tone.start(start);
      tone.stop(start + 0.2);
    });
    document.body.dataset.rung = String(Number(document.body.dataset.rung || 0) + 1);
  }
  document.addEventListener("click", function (event) {
    if (event.target.closest("#sound")) {
      try { localStorage.setItem("board-sound", on() ? "off" : "on"); } catch (error) { /* for this page only */ }
      show();
    }
    wake();
  });
  function two(number) { return (number < 10 ? "0" : "") + number; }
  function tick() {
    document.querySelectorAll("[data-due]").forEach(function (clock) {
      var left = Math.round((new Date(clock.dataset.due) - Date.now()) / 1000), size = Math.abs(left);
      clock.textContent = (left < 0 ? "−" : "") + two(Math.floor(size / 60)) + ":" + two(size % 60);
      clock.classList.toggle("late", left < 0);
    });
  }
  var seconds = 0;
  window.setInterval(function () {
    tick();
    seconds += 1;
    if (seconds % 3 === 0 && document.querySelector("[data-alarm]")) { beep(); }
  }, 1000);
  show();
  tick();
})();
