// Answers for one scanning page where the network does not: the network is asked first, four seconds long, then what scanner.js kept on this phone is taken.
// It keeps nothing itself. Whoever is signed out by the server, or may no longer check people, finds nothing kept any more.
"use strict";

const WAIT = 4000, here = new URL(registration.scope).pathname;

// The shelf is named "door", the millisecond its time is over, and the page it is for.
const shelf = async () => {
  const name = (await caches.keys()).find((one) => one.startsWith("door ") && one.endsWith(" " + here));
  if (!name || +name.split(" ")[1] > Date.now()) return name;
  await caches.delete(name);
};
const kept = async (request) => {
  const name = await shelf();
  return name && (await caches.open(name)).match(request, { ignoreSearch: request.mode === "navigate", ignoreVary: true });
};
const forget = async () => {
  const name = await shelf();
  if (name) await caches.delete(name);
};

const answer = async (request) => {
  const network = fetch(request), isPage = request.mode === "navigate";
  const came = await Promise.race([network.catch(() => null), new Promise((resolve) => { setTimeout(resolve, WAIT); })]);
  if (isPage && came && (came.type === "opaqueredirect" || [401, 403, 404].includes(came.status))) await forget();
  if (came && (came.ok || isPage && came.status < 500)) return came;
  return (await kept(request)) || network;
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.cache !== "no-store" && new URL(request.url).origin === location.origin) event.respondWith(answer(request));
});
