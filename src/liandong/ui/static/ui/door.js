// The two screens at the door in a bad network. Without this script both are plain pages.
"use strict";

// The code at the door: one that could not be renewed is taken away before it is too old, never shown as if it were good. htmx asks for the next one all the time.
(() => {
  let panel = null, since = [];
  const look = () => {
    const shown = document.getElementById("panel"), times = [Date.now(), performance.now()];
    if (!shown || !shown.dataset.good) return;
    if (shown !== panel) { panel = shown; since = times; }
    const isOld = times.some((time, which) => Math.abs(time - since[which]) > shown.dataset.good * 1000);  // one of the two clocks may have stood still or been set
    shown.querySelector("[data-code]").hidden = isOld;
    shown.querySelector("[data-old]").hidden = !isOld;
  };
  look();
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status !== 200 || event.detail.xhr.response.includes("id=\"panel\"")) return;
    event.detail.shouldSwap = false;  // the sign-in page, or the word of some wireless network
    if (new URL(event.detail.xhr.responseURL).origin === location.origin) location.reload();
  });
})();

// The tablet: it asks whether the network is there before it leaves the page, so that nobody ever stands before a browser's error.
(() => {
  const root = document.querySelector("[data-kiosk]");
  if (!root) return;
  const start = root.dataset.kiosk, lost = root.querySelector("[data-lost]"), form = root.querySelector("form"), who = root.querySelector("[data-who]"), next = root.querySelector(`a[href="${start}"]`);
  const isThere = async () => {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 6000);
    try { return (await fetch(start, { method: "HEAD", cache: "no-store", signal: stop.signal })).status < 500; } catch { return false; } finally { clearTimeout(timer); }
  };
  let asking = false;
  const reach = async (go) => {
    if (asking) return;
    asking = true;
    const there = await isThere();
    asking = false;
    lost.hidden = there;
    if (there) go();
    return there;
  };
  if (form) form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    reach(() => form.submit());
  });
  const back = async () => {
    if (who) who.hidden = true;  // whoever comes next does not read who was here
    if (!await reach(() => location.replace(start))) setTimeout(back, 3000);
  };
  if (root.dataset.back) setTimeout(back, root.dataset.back * 1000);
  if (next) next.addEventListener("click", (event) => { event.preventDefault(); back(); });
})();
