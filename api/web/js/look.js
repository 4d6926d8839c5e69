// Before the first paint, so that a dark room is not lit for a moment: the look that was chosen here, else the system's.
(() => {
  const kept = localStorage.getItem("look");
  if (kept === "light" || kept === "dark") document.documentElement.dataset.look = kept;
})();
