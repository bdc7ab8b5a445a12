// A sheet works by :target alone; here it also takes the focus, keeps it, and closes with Escape.
behaviours.sheet = (sheet) => {
  let from = null;
  const shown = () => location.hash === "#" + sheet.id || sheet.classList.contains("sheet-open");
  const open = () => { if (shown()) { from = from || document.querySelector(`a[href="#${sheet.id}"]`); sheet.focus(); } };
  const close = () => { sheet.classList.remove("sheet-open"); if (location.hash === "#" + sheet.id) location.hash = ""; if (from) from.focus(); from = null; };
  window.addEventListener("hashchange", open);
  sheet.addEventListener("click", (event) => { if (event.target.closest('a[href="#"]')) { event.preventDefault(); close(); } });
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return close();
    if (event.key !== "Tab") return;
    const stops = [...sheet.querySelectorAll("a[href]:not([tabindex]),button,input,select,textarea")].filter((stop) => stop.offsetParent);
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (document.activeElement === edge || document.activeElement === sheet && event.shiftKey) {
      event.preventDefault();
      stops[event.shiftKey ? stops.length - 1 : 0].focus();
    }
  });
  open();
};
