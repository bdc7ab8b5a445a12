// The leader's scanner goes on without network. Every scan is in the phone's own store (IndexedDB) before the screen turns green; the server counts each once, by its nonce.
// The page itself is kept too, so that it opens again without network; scanner-worker.js answers with it. Where there is no service worker it must stay open.
// Whatever is read by the camera is only ever looked at as letters; nothing read is opened. Without this script the plain form on the page does the same with network.
"use strict";
(async () => {
  const root = document.querySelector("[data-scanner]");
  if (!root || !window.indexedDB || !window.crypto || !crypto.subtle) return;
  const config = JSON.parse(document.getElementById("scanner-config").textContent), words = config.words;
  const part = (name) => root.querySelector(`[data-${name}]`), parts = (name) => [...root.querySelectorAll(`[data-${name}]`)];
  const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);
  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const chance = (bytes) => hex(crypto.getRandomValues(new Uint8Array(bytes)));
  const DAY = 86400000, BATCH = 50, page = chance(8);
  let act = config.act, offset = 0, list = null, key = null, device = "", scans = [], offline = !navigator.onLine, trouble = "", showing = null, leaving = false;

  // The store

  const settled = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
  const opened = indexedDB.open("liandong-door", 1);
  opened.onupgradeneeded = () => {
    opened.result.createObjectStore("scans", { keyPath: "nonce" });
    opened.result.createObjectStore("lists", { keyPath: "shift" });
    opened.result.createObjectStore("about", { keyPath: "name" });
  };
  let store;
  try { store = await settled(opened); } catch { return; }
  store.onversionchange = () => store.close();
  const write = (name, rows, remove = []) => new Promise((resolve, reject) => {
    const change = store.transaction(name, "readwrite", { durability: "strict" }), table = change.objectStore(name);
    rows.forEach((row) => table.put(row));
    remove.forEach((one) => table.delete(one));
    change.oncomplete = resolve;
    change.onerror = change.onabort = () => reject(change.error);
  });
  const all = (name) => settled(store.transaction(name).objectStore(name).getAll());

  // Time: the server's, as far as it is known

  const now = () => Date.now() + offset;
  const face = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: config.zone });
  const clock = (moment) => face.format(new Date(moment));

  // The list that was taken along

  const learn = async (taken) => {
    list = { ...taken, by: new Map(taken.people.map((row) => [row[0], row])) };
    key = await crypto.subtle.importKey("raw", new Uint8Array(taken.key.match(/../g).map((two) => parseInt(two, 16))), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  };
  const hashOf = async (code) => key ? hex(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(code))).slice(0, 12) : "";
  const person = (hash) => list && list.by.get(hash), marks = ["", "waiting", "young", "suspended"];  // why somebody of the list is not expected
  const named = (hash, code) => { const row = person(hash); return row ? row[1] + words.comma + list.positions[row[2]] : code.slice(0, 3) + " " + code.slice(3); };

  const ask = async (address, options = {}) => {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 20000);
    try { return await fetch(address, { credentials: "same-origin", redirect: "manual", cache: "no-store", signal: stop.signal, ...options }); } finally { clearTimeout(timer); }
  };
  // The server does not take this phone for the leader's any more: the queue stays, the page is no longer kept.
  const refused = async (answer) => {
    offline = answer.status >= 500;
    if (answer.type === "opaqueredirect" || answer.status === 401) trouble = words.signed_out;
    else if ([403, 404].includes(answer.status)) trouble = words.denied;
    else return;
    await forget();
  };
  // The list anew, and with it the time, what this site wants to see when something is sent, and whose phone it is now.
  const fetchList = async () => {
    const answer = await ask(config.list);
    if (!answer.ok) { await refused(answer); return false; }
    const { account, token, ...taken } = await answer.json();
    offline = false;
    if (account !== config.account) { await forget(); renew(); return false; }
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
    trouble = "";
    offset = taken.now - Date.now();
    await learn(taken);
    await write("lists", [{ shift: config.shift, account: config.account, offset, taken }]);
    settle(taken.open);
    return true;
  };
  let refreshing = 0;
  const refresh = async () => {
    refreshing += 1;
    try {
      if (await fetchList()) {
        await send();
        await wipe();
        if (!kept) await keep().catch(() => { kept = false; });
      }
    } catch { offline = true; kept = false; } finally { refreshing -= 1; }
    draw();
  };

  // The page, kept for the time without network: itself, its style sheets, scripts and pictures, the reader of codes where the browser has none

  let kept = false;
  const filesOf = (page) => [...new Set([...page.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], use")].map((one) => (one.getAttribute("href") || one.getAttribute("src")).split("#")[0]))];
  const makeOf = (page) => JSON.stringify([filesOf(page), { ...JSON.parse(page.getElementById("scanner-config").textContent), act: "" }]);
  const make = makeOf(document);
  const shelves = async () => window.caches ? (await caches.keys()).filter((name) => name.startsWith("door ") && name.endsWith(" " + config.here)) : [];
  const forget = async () => { kept = false; await Promise.all((await shelves().catch(() => [])).map((name) => caches.delete(name))); };
  const renew = () => { leaving = true; location.reload(); };
  const keep = async () => {
    kept = true;
    if (!navigator.serviceWorker || !window.caches || list.wipe < now()) return;
    try { await navigator.serviceWorker.register(config.worker, { scope: config.here }); } catch { return; }
    const answer = await ask(config.here);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html"), files = filesOf(page), name = `door ${list.wipe} ${config.here}`;
    if (window.jsQR) files.push(page.querySelector("[data-scanner]").dataset.jsqr);
    const shelf = await caches.open(name);
    await shelf.addAll(files);
    await shelf.put(config.here, answer);
    await Promise.all((await shelves()).filter((one) => one !== name).map((one) => caches.delete(one)));
    const wanted = [config.here, ...files].map((one) => new URL(one, location.href).href);
    await Promise.all((await shelf.keys()).filter((one) => !wanted.includes(one.url)).map((one) => shelf.delete(one)));
    if (!kept) return forget();  // signed out in between
    root.dataset.kept = "1";
    // There is a newer page than this one. It comes by itself, once, when nothing waits and nobody is typing.
    const newer = makeOf(page);
    if (newer === make || waiting().length || part("type").querySelector("[name=code]").value || sessionStorage.getItem("door-newer") === newer) return;
    sessionStorage.setItem("door-newer", newer);
    renew();
  };
  // A day after the end nothing is left on the phone. Only now that the server has told the time and what waited has been offered to it.
  const wipe = async () => {
    const old = (await all("scans")).filter((scan) => scan.wipe < now()).map((scan) => scan.nonce);
    await write("scans", [], old);
    await write("lists", [], (await all("lists")).filter((one) => one.taken.wipe < now()).map((one) => one.shift));
    scans = scans.filter((scan) => !old.includes(scan.nonce));
  };

  // A scan

  const codeIn = (text) => {
    text = String(text).slice(0, 400).trim();
    if (text.length > 200) return "";
    if (text.startsWith(config.prefix)) text = text.slice(config.prefix.length).replace(/\/$/, "");
    const letters = text.replace(/[\s-]/g, "").toUpperCase();
    return letters.length === 6 && [...letters].every((letter) => config.letters.includes(letter)) ? letters : "";
  };
  const earlier = (hash, code) => {
    const mine = scans.find((scan) => scan.shift === config.shift && scan.code === code && scan.act === act && !["invalid", "clock", "outside", "refused", "not_in"].includes(scan.verdict));
    if (mine) return mine.counts || mine.at + offset;
    const row = person(hash), seconds = row && row[act === "out" ? 5 : 4];
    return seconds ? seconds * 1000 : 0;
  };
  const take = async (text) => {
    const code = codeIn(text);
    if (!code) return answer("unlisted", words.foreign, words.foreign_note);
    const hash = await hashOf(code), before = earlier(hash, code), row = person(hash);
    if (before) {
      scans.unshift({ nonce: "again" + chance(6), again: before, shift: config.shift, account: config.account, code, hash, act, at: Date.now() });
      draw();
      return answer("again", fill(words.again, { time: clock(before) }), named(hash, code));
    }
    const listed = row && !row[3];
    const scan = { nonce: chance(12), shift: config.shift, send: config.send, account: config.account, device, code, hash, act, at: Date.now(), steady: performance.now(), page, shown: listed ? "kept" : "unlisted", state: "waiting", wipe: list ? list.wipe : now() + 2 * DAY };
    try { await write("scans", [scan]); } catch { return answer("again", words.not_kept, named(hash, code)); }
    scans.unshift(scan);
    showing = scan.nonce;
    if (listed) answer("kept", act === "out" ? words.kept_out : words.kept_in, named(hash, code));
    else answer("unlisted", row ? words[marks[row[3]]] : words.unlisted, named(hash, code));
    draw();
    send();
  };
  let line = Promise.resolve();
  const accept = (text) => { line = line.then(() => take(text)).catch(() => {}); return line; };
  root.addEventListener("code", (event) => accept(event.detail));

  // Sending

  const waiting = () => scans.filter((scan) => scan.state === "waiting");
  let sending = false, asked = false;
  const send = async () => {
    if (sending) { asked = true; return; }
    if (!waiting().length) return;
    sending = true;
    asked = false;
    let again = false;
    try {
      while (waiting().length) {
        const first = waiting().at(-1), batch = waiting().filter((scan) => scan.send === first.send).slice(-BATCH).reverse();
        const sent = { account: config.account, device, sent_at: Date.now(), offset, scans: batch.map((scan) => ({ nonce: scan.nonce, code: scan.code, act: scan.act, at: scan.at, ago: scan.page === page ? Math.round(performance.now() - scan.steady) : null, shown: scan.shown })) };
        const answer = await ask(first.send, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": root.querySelector("[name=csrfmiddlewaretoken]").value }, body: JSON.stringify(sent) });
        if (answer.status === 403 && !again) {  // the page may be older than the last signing in
          again = true;
          if (await fetchList()) continue;
          break;
        }
        if (!answer.ok) { await refused(answer); break; }
        const { now: theirs, results, open } = await answer.json();
        offline = false;
        trouble = "";
        offset = theirs - Date.now();
        const told = new Map(results.map((result) => [result.nonce, result])), done = batch.filter((scan) => told.has(scan.nonce));
        if (!done.length) break;
        done.forEach((scan) => { const result = told.get(scan.nonce); Object.assign(scan, { state: "sent", verdict: result.verdict, said: result.words || "", counts: result.at }); });
        await write("scans", done);
        if (first.send === config.send) settle(open);
        draw();
      }
    } catch { offline = true; } finally { sending = false; }
    draw();
    if (asked && waiting().length) setTimeout(send, 200);
    else if (!offline && !trouble && !kept && !refreshing) refresh();  // the network is back and the page not yet kept
  };

  // What is shown

  const sign = { kept: "check", taken: "check", unlisted: "plus", again: "x", still: "check" };
  const picture = (kind) => part("icons").content.querySelector(`[data-icon="${sign[kind]}"]`).firstElementChild.cloneNode(true);
  const answer = (kind, said, who) => {
    const box = part("answer");
    box.className = "scanner-answer scanner-" + kind;
    box.hidden = false;
    box.querySelector(".scanner-sign").replaceChildren(picture(kind));
    part("said").textContent = said;
    part("who").textContent = who;
    if (navigator.vibrate) navigator.vibrate(kind === "kept" || kind === "taken" ? 60 : [60, 60, 60]);
  };
  const kindOf = (scan) => scan.again ? "again" : scan.state === "waiting" ? scan.shown : scan.verdict === "taken" ? "taken" : scan.verdict === "already" ? "again" : "unlisted";
  const saidOf = (scan) => {
    if (scan.again) return fill(words.again, { time: clock(scan.again) });
    if (scan.state === "waiting") return scan.shown === "kept" ? (scan.act === "out" ? words.kept_out : words.kept_in) : words.unlisted;
    if (scan.verdict === "taken") return scan.act === "out" ? words.taken_out : words.taken_in;
    if (scan.verdict === "already") return scan.counts ? fill(words.again, { time: clock(scan.counts) }) : words.again_short;
    return scan.said;
  };
  const row = (kind, who, said, time) => {
    const item = part("row").content.firstElementChild.cloneNode(true), mark = item.querySelector(".scanner-sign");
    mark.classList.add("scanner-" + kind);
    mark.append(picture(kind));
    item.querySelector("b").textContent = who;
    item.querySelector("p span").textContent = said;
    item.querySelector("time").textContent = time;
    return item;
  };
  const settle = (open) => {
    part("settle").hidden = !open;
    part("settle").firstElementChild.textContent = fill(words.to_settle, { n: open });
  };
  const draw = () => {
    const mine = scans.filter((scan) => scan.shift === config.shift), seen = new Set(mine.map((scan) => scan.hash)), wait = waiting().length;
    const others = list ? list.people.filter((one) => one[4] && !seen.has(one[0])).sort((a, b) => Math.max(b[4], b[5]) - Math.max(a[4], a[5])).slice(0, 8) : [];
    part("rows").replaceChildren(
      ...mine.slice(0, 40).map((scan) => row(kindOf(scan), named(scan.hash, scan.code), saidOf(scan), clock(scan.at + offset))),
      ...others.map((one) => row("taken", one[1] + words.comma + list.positions[one[2]], one[5] ? words.taken_out : words.taken_in, clock(Math.max(one[4], one[5]) * 1000))),
    );
    const last = mine.find((scan) => scan.nonce === showing);
    if (last && last.state === "sent") {
      showing = null;
      answer(kindOf(last), saidOf(last), named(last.hash, last.code));
    }
    part("list").textContent = list ? fill(words.listed, { n: list.people.filter((one) => !one[3]).length }) : words.unlisted_yet;
    part("offline").hidden = !offline;
    part("waits").textContent = trouble || (wait ? fill(words.waits, { n: wait }) : words.none_waits);
    part("waits-note").textContent = trouble ? (wait ? fill(words.waits, { n: wait }) : "") : wait ? words.waits_note : list ? words.none_waits_note : "";
    part("enter").hidden = trouble !== words.signed_out;
    part("send").hidden = !wait || !part("enter").hidden || offline && !navigator.onLine;
    root.dataset.waiting = wait;
    try { if (wait) localStorage.setItem("door-waiting", config.here); else localStorage.removeItem("door-waiting"); } catch { /* storage switched off */ }
    if (!part("people").hidden) people();
  };
  const people = () => {
    const times = new Map(scans.filter((scan) => scan.shift === config.shift && !scan.again).map((scan) => [scan.hash + scan.act, scan]));
    part("people").replaceChildren(...(list ? list.people : []).map((one) => {
      const came = one[4] ? one[4] * 1000 : (times.get(one[0] + "in") || {}).at, left = one[5] ? one[5] * 1000 : (times.get(one[0] + "out") || {}).at;
      return row(one[3] ? "unlisted" : came ? "taken" : "still", one[1] + words.comma + list.positions[one[2]], one[3] ? words[marks[one[3]] + "_short"] : left ? fill(words.left, { time: clock(left) }) : came ? fill(words.came, { time: clock(came) }) : words.not_yet, "");
    }));
  };

  // Buttons

  const open = (name, on) => {
    parts("do").forEach((button) => button.setAttribute("aria-expanded", on && button.dataset.do === name));
    part("type").hidden = !(on && name === "type");
    part("people").hidden = !(on && name === "people");
    part("rows").hidden = on && name === "people";
    if (on && name === "people") people();
    if (on && name === "type") part("type").querySelector("[name=code]").focus();
  };
  parts("do").forEach((button) => button.addEventListener("click", () => open(button.dataset.do, button.getAttribute("aria-expanded") !== "true")));
  part("type").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();  // nothing is being sent, so the button does not say so
    const field = event.target.querySelector("[name=code]");
    accept(field.value);
    field.value = "";
    field.focus();
  });
  part("send").addEventListener("click", send);
  part("enter").addEventListener("click", () => { leaving = true; });
  part("export").addEventListener("click", () => {
    const mine = scans.filter((scan) => scan.shift === config.shift && !scan.again);
    const file = { liandong: "door-scans", version: 1, shift: config.shift, device, offset, exported_at: Date.now(), scans: mine.map(({ nonce, code, act: which, at, shown }) => ({ nonce, code, act: which, at, shown })) };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file)], { type: "application/json" }));
    link.download = `scans-${config.shift}-${clock(now()).replace(":", "")}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  });
  parts("live")[0].querySelectorAll(".segmented a").forEach((link, place, links) => link.addEventListener("click", (event) => {
    event.preventDefault();
    act = place ? "out" : "in";
    links.forEach((each) => each.toggleAttribute("aria-current", each === link));
    link.setAttribute("aria-current", "true");
    parts("title").forEach((title) => { title.hidden = title.dataset.title !== act; });
    const button = part("type").querySelector("button");
    button.textContent = link.textContent;
    draw();
  }));

  // The camera

  const camera = codeCamera(root.dataset.jsqr);
  const film = async () => {
    const video = part("video"), button = part("open");
    button.disabled = true;
    try {
      await camera.film(video, accept);
      button.hidden = true;
    } catch {
      button.disabled = false;
      answer("unlisted", words.no_camera, "");
      open("type", true);
    }
  };
  part("open").addEventListener("click", film);

  // The beginning

  try {
    const about = await all("about"), lists = await all("lists");
    device = (about.find((one) => one.name === "device") || {}).value || chance(8);
    await write("about", [{ name: "device", value: device }]);
    const old = lists.find((one) => one.shift === config.shift && one.account === config.account);
    if (old) { offset = old.offset; await learn(old.taken); }
    const kept = await all("scans");
    scans = kept.filter((scan) => scan.account === config.account).sort((a, b) => b.at - a.at);
  } catch { return; }
  parts("plain").forEach((each) => { each.hidden = true; });
  parts("live").forEach((each) => { each.hidden = false; });
  part("rows").hidden = false;
  part("type").hidden = true;
  if (!navigator.mediaDevices) part("open").hidden = true;
  draw();
  camera.ready().catch(() => {}).then(() => { root.dataset.ready = "1"; });
  window.addEventListener("online", refresh);
  window.addEventListener("offline", () => { offline = true; draw(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) (trouble ? refresh : send)(); });
  window.addEventListener("beforeunload", (event) => { if (waiting().length && !leaving) event.preventDefault(); });
  setInterval(send, 15000);
  setInterval(refresh, 60000);
  refresh();
  if (navigator.permissions && navigator.mediaDevices) navigator.permissions.query({ name: "camera" }).then((right) => { if (right.state === "granted") film(); }).catch(() => {});
})();
