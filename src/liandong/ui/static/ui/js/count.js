behaviours.count = (area) => {
  const line = document.createElement("p");
  line.className = "counter";
  const show = () => { line.textContent = area.value.length + " / " + area.maxLength; };
  area.after(line);
  area.addEventListener("input", show);
  show();
};
