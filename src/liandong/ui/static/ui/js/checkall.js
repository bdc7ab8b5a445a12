behaviours.checkall = (table) => {
  const all = table.querySelector("[data-all]"), boxes = () => [...table.querySelectorAll("tbody .select input")];
  if (!all) return;
  const show = () => {
    const on = boxes().filter((box) => box.checked).length;
    all.checked = on > 0 && on === boxes().length;
    all.indeterminate = on > 0 && on < boxes().length;
  };
  all.hidden = false;
  all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
  table.addEventListener("change", show);
  show();
};
