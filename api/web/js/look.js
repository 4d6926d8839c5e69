// The look, before the first paint, so that a dark room is not lit for a moment: as chosen here, else as the system has it.
(() => {
  const NAMES = { system: "随系统", light: "浅色", dark: "深色" };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => (localStorage.getItem("look") in NAMES ? localStorage.getItem("look") : "system");

  function set() {
    const look = chosen();
    document.documentElement.dataset.look = look === "system" ? (dark.matches ? "dark" : "light") : look;
    const button = document.getElementById("look");
    if (button) button.textContent = NAMES[look];
  }

  function turn() {
    const names = Object.keys(NAMES);
    localStorage.setItem("look", names[(names.indexOf(chosen()) + 1) % names.length]);
    set();
  }

  set();
  dark.addEventListener("change", set);
  document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("look").addEventListener("click", turn);
    set();
  });
})();
