// A roster grid works by its links alone; here a chip can be dragged, or picked up with Space, moved with the arrows and locked with L.
behaviours.roster = (table) => {
  const form = document.getElementById("roster-form"), rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("a.roster-cell")]);
  if (!form) return;
  const wanted = document.getElementById(location.hash.slice(1));
  if (wanted && table.contains(wanted)) wanted.focus();
  let held = null;
  const cellOf = (event) => event.target.closest("a.roster-cell");
  const send = (chip, what, values) => {
    form.action = chip.dataset.line + what;
    for (const name in values) form.elements[name].value = values[name];
    form.requestSubmit();
  };
  const hold = (chip) => { if (held) held.classList.remove("roster-held"); held = chip; if (chip) chip.classList.add("roster-held"); };
  const drop = (cell) => {
    const chip = held;
    hold(null);
    if (chip && cell && cell !== chip) send(chip, "move/", { person: cell.dataset.person, shift: cell.dataset.shift });
  };
  table.addEventListener("dragstart", (event) => { const cell = cellOf(event); if (cell && cell.dataset.line) { hold(cell); event.dataTransfer.effectAllowed = "move"; } });
  table.addEventListener("dragover", (event) => { const cell = cellOf(event); if (held && cell) event.preventDefault(); });
  table.addEventListener("drop", (event) => { const cell = cellOf(event); if (held && cell) { event.preventDefault(); drop(cell); } });
  table.addEventListener("dragend", () => hold(null));
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  table.addEventListener("keydown", (event) => {
    const cell = cellOf(event);
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = steps[event.key], down = rows.findIndex((row) => row.includes(cell));
    if (step && down >= 0) {
      const next = (rows[down + step[0]] || [])[rows[down].indexOf(cell) + step[1]];
      if (next) next.focus();
    } else if (event.key === " ") {
      if (held) drop(cell);
      else if (cell.dataset.line) { hold(cell); announce(table.dataset.picked); }
    } else if (event.key === "Escape" && held) { hold(null); announce(table.dataset.left); }
    else if (event.key.toLowerCase() === "l" && cell.dataset.line) send(cell, "lock/", { lock: "locked" in cell.dataset ? "0" : "1" });
    else return;
    event.preventDefault();
  });
};
