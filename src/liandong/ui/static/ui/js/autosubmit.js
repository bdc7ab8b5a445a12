behaviours.autosubmit = (control) => control.addEventListener("change", () => control.form && control.form.requestSubmit());
