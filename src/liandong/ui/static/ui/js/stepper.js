behaviours.stepper = (box) => {
  const input = box.querySelector("input");
  box.querySelectorAll("button").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const low = input.min === "" ? 0 : +input.min, high = input.max === "" ? Infinity : +input.max;
      input.value = Math.min(Math.max((+input.value || 0) + +button.dataset.step, low), high);
      input.dispatchEvent(new Event("change", { bubbles: true }));
      announce(input.value);
    });
  });
};
