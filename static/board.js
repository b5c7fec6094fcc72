/* Comfort only: the seconds of an emergency's clock, and a sound while one waits. Without this file the page shows the
   minutes and is asked for again by its link. The sound is switched on once by hand. A page that was loaded anew may be
   silent until somebody touches it, as browsers have it: the button then says so and asks for a click. */
(function () {
  "use strict";
  var context = null, button = document.getElementById("sound"), title = document.title;
  function on() { try { return localStorage.getItem("board-sound") === "on"; } catch (error) { return false; } }
  function heard() { return on() && context !== null && context.state === "running"; }
  function show() {
    if (!button) { return; }
    button.hidden = false;
    button.setAttribute("aria-pressed", String(on()));
    button.classList.toggle("btn-danger", on() && !heard());
    button.querySelector("span").textContent = heard() ? button.dataset.on : on() ? button.dataset.wait : button.dataset.off;
  }
  function wake() {
    var Audio = window.AudioContext || window.webkitAudioContext;
    if (Audio && !context) { context = new Audio(); context.addEventListener("statechange", show); }
    if (context && context.state === "suspended") { context.resume(); }
    show();
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
    if (event.target.closest("#sound") && (heard() || !on())) {
      try { localStorage.setItem("board-sound", on() ? "off" : "on"); } catch (error) { /* for this page only */ }
    }
    wake();
  });
  document.addEventListener("keydown", wake);
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
    var alarm = document.querySelector("[data-alarm]") !== null;
    tick();
    seconds += 1;
    document.title = (alarm ? "‼ " : "") + title;
    if (seconds % 3 === 0 && alarm) { beep(); }
  }, 1000);
  show();
  if (on()) { wake(); }
  tick();
})();
