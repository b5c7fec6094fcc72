/* Comfort only: every page works without this file. Theme and row height, closing of menus, focus after a swap, charts. */
(function () {
  "use strict";
  var root = document.documentElement;

  /* Theme: kept in a cookie, so that the server draws the next page in it at once. */
  function choose(theme) {
    document.cookie = "theme=" + theme + "; path=/; max-age=31536000; samesite=lax";
    root.dataset.theme = theme;
    var dark = theme === "dark" || (theme === "system" && window.matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.bsTheme = dark ? "dark" : "light";
    mark();
  }
  function mark() {
    document.querySelectorAll("[data-set-theme]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.setTheme === root.dataset.theme));
    });
    document.querySelectorAll("[data-set-density]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.setDensity === (root.dataset.density || "")));
    });
  }
  function thicken(density) {
    root.dataset.density = density;
    try { localStorage.setItem("density", density); } catch (error) { /* kept for this page only */ }
    mark();
  }
  document.addEventListener("click", function (event) {
    var theme = event.target.closest("[data-set-theme]");
    var density = event.target.closest("[data-set-density]");
    if (theme) { choose(theme.dataset.setTheme); }
    if (density) { thicken(density.dataset.setDensity); }
    if (event.target.closest("[data-print]")) { window.print(); }
    document.querySelectorAll("details.drop[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });
  document.addEventListener("keydown", function (event) {
    var open = event.key === "Escape" && document.querySelector("details.drop[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  /* A form sent once is sent once; one that answers with a download says data-repeat and stays usable. */
  document.addEventListener("submit", function (event) {
    if (event.defaultPrevented || event.target.method !== "post" || "repeat" in event.target.dataset) { return; }
    event.target.dataset.sent = "";
    window.setTimeout(function () {
      event.target.querySelectorAll("button:not([type=button])").forEach(function (button) { button.disabled = true; });
    });
  });
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) { return; }
    /* Back at a form that was sent: an empty one, never what was typed for the patient before. */
    if (document.querySelector("form[data-sent][autocomplete=off]")) { window.location.reload(); return; }
    document.querySelectorAll("form[method=post] button").forEach(function (button) { button.disabled = false; });
  });
  /* Pages that update by themselves: not under a hand at work in them, and not where nobody looks. */
  document.addEventListener("input", function (event) {
    if (event.target.form) { event.target.form.dataset.touched = ""; }
  });
  function busy(main) {
    var focus = document.activeElement;
    return document.hidden || main.querySelector("details.act[open], form[data-touched]") !== null ||
      (main.contains(focus) && focus.matches("input, select, textarea"));
  }
  var held = null;
  document.addEventListener("htmx:beforeRequest", function (event) {
    if ("live" in event.target.dataset && busy(document.getElementById("main"))) { event.preventDefault(); }
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    held = event.target.id === "main" ? document.activeElement.getAttribute("href") : null;
  });
  document.addEventListener("htmx:afterSettle", function () {
    if (held === null) { return; }
    document.querySelectorAll("#main a[href]").forEach(function (link) {
      if (link.getAttribute("href") === held) { link.focus({ preventScroll: true }); }
    });
    held = null;
  });
  function settle() {
    mark();
    var errors = document.getElementById("errors");
    if (errors) { errors.focus(); }
  }

  /* Charts: <div class="plot" data-from="id"> takes its ECharts options from a JSON block. Colours are token names and
     follow the theme; tooltips are drawn as text, never as HTML. */
  function tone(value) {
    if (typeof value === "string" && value.indexOf("--") === 0) {
      return getComputedStyle(root).getPropertyValue(value).trim();
    }
    if (Array.isArray(value)) { return value.map(tone); }
    if (value && typeof value === "object") {
      Object.keys(value).forEach(function (key) { value[key] = tone(value[key]); });
    }
    return value;
  }
  function plots() { return document.querySelectorAll(".plot[data-from]"); }
  function draw() {
    plots().forEach(function (box) {
      var option = tone(JSON.parse(document.getElementById(box.dataset.from).textContent));
      var chart = window.echarts.getInstanceByDom(box) || window.echarts.init(box, null, { renderer: "svg" });
      option.animation = false;
      option.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily };
      if (option.tooltip) { option.tooltip.renderMode = "richText"; }
      chart.setOption(option, true);
    });
  }
  function resize() {
    plots().forEach(function (box) { window.echarts.getInstanceByDom(box).resize(); });
  }
  document.addEventListener("DOMContentLoaded", function () {
    settle();
    if (!window.echarts) { return; }
    draw();
    window.addEventListener("resize", resize);
    new MutationObserver(draw).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
  });
  document.addEventListener("htmx:afterSwap", mark);
})();
