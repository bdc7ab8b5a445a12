// The error summary gets the focus; its links lead into the field, not above it.
behaviours.focus = (box) => {
  box.focus();
  box.addEventListener("click", (event) => {
    const link = event.target.closest("a"), field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest(".field") || field).scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
};
