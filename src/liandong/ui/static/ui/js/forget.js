// Signing out clears what the scanning page keeps on this phone. Scans that still wait are sent first: once, that page opens instead.
// The page itself, kept to open without network, also goes when its time is over and where somebody is asked to sign in.
const forgetPages = async (every) => {
  for (const name of window.caches ? await caches.keys() : []) {
    const [door, end, page] = name.split(" ");
    if (door !== "door" || !every && +end > Date.now()) continue;
    await caches.delete(name);
    const worker = navigator.serviceWorker && await navigator.serviceWorker.getRegistration(page);
    if (worker) await worker.unregister();
  }
};
forgetPages(/\/sign-in\/$/.test(location.pathname)).catch(() => {});
document.addEventListener("submit", (event) => {
  if (!/\/sign-out\/$/.test(event.target.getAttribute("action") || "")) return;
  try {
    const page = localStorage.getItem("door-waiting");
    if (page && !sessionStorage.getItem("door-asked")) {
      sessionStorage.setItem("door-asked", "1");
      event.preventDefault();
      location.href = page;
      return;
    }
    localStorage.removeItem("door-waiting");
    indexedDB.deleteDatabase("liandong-door");
    forgetPages(true).catch(() => {});
  } catch { /* storage switched off */ }
});
