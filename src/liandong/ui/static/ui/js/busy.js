// A form is sent once: the button says so and a second press does nothing.
const release = (form) => {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => {
    button.removeAttribute("aria-busy");
    (button.querySelector("span") || button).textContent = button.dataset.label;
  });
};
document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  if (!button || !button.dataset.busy) return;
  const text = button.querySelector("span") || button;
  button.style.minWidth = button.offsetWidth + "px";
  button.dataset.label = text.textContent;
  button.setAttribute("aria-busy", "true");
  text.textContent = button.dataset.busy;
});
window.addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form[data-sent]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest && event.target.closest("form");
  if (form) release(form);
});
