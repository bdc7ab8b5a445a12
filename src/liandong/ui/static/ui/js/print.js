behaviours.print = (button) => button.addEventListener("click", () => print());
