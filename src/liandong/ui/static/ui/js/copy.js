behaviours.copy = (button) => button.addEventListener("click", async () => {
  const label = button.querySelector("span") || button, before = label.textContent;
  try { await navigator.clipboard.writeText(button.dataset.copy || location.href); } catch { return; }
  label.textContent = button.dataset.done || "✓";
  announce(label.textContent);
  setTimeout(() => { label.textContent = before; }, 2000);
});
