// Keeps what was typed on this device until the form is sent. Not for passwords, files, codes or anything personal (name them data-private).
behaviours.drafts = (form) => {
  const key = "draft:" + (form.dataset.draft || location.pathname);
  const kept = () => [...form.elements].filter((field) => field.name && !field.hasAttribute("data-private") && !/hidden|password|file|tel|submit/.test(field.type) && field.type !== "checkbox" && field.type !== "radio");
  try {
    const saved = JSON.parse(sessionStorage.getItem(key) || "{}");
    kept().forEach((field) => { if (saved[field.name] && !field.value) field.value = saved[field.name]; });
    form.addEventListener("input", () => sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(kept().map((field) => [field.name, field.value])))));
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
  } catch { /* storage switched off */ }
};
