// Signing out clears what the scanning page keeps on this phone. Scans that still wait are sent first: once, that page opens instead.
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
  } catch { /* storage switched off */ }
});
