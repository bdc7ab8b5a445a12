const announce = (text) => { const live = document.getElementById("live"); if (live) live.textContent = text; };
const bind = (root) => [root, ...root.querySelectorAll("[data-behaviour]")].forEach((part) => {
  (part.dataset && part.dataset.behaviour || "").split(" ").forEach((name) => {
    if (!behaviours[name] || part.dataset["on" + name]) return;
    part.dataset["on" + name] = "1";
    behaviours[name](part);
  });
});
bind(document.body);
document.addEventListener("htmx:load", (event) => {
  if (event.target === document.body) return;
  bind(event.target);
  const heading = event.target.querySelector && event.target.querySelector("[data-focus]");
  if (heading) heading.focus();
});
