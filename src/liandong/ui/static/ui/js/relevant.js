// Questions that depend on others of the same page come and go at once; the server decides again when the page is sent.
behaviours.relevant = (form) => {
  const rows = [...form.querySelectorAll("[data-relevant]")];
  const number = (text) => (/^-?\d+(\.\d+)?$/.test(text) ? +text : null);
  const update = () => {
    const data = new FormData(form), away = new Set();
    const values = (part) => (part[0] === "name" ? (away.has(part[1]) ? [] : data.getAll("a-" + part[1])) : [String(part[1])]).filter((text) => text.trim());
    const holds = (tree) => {
      const [sign, left, right] = tree;
      if (sign === "and") return tree.slice(1).every(holds);
      if (sign === "or") return tree.slice(1).some(holds);
      if (sign === "not") return !holds(left);
      if (sign === "selected") return values(left).includes(right);
      const a = values(left), b = values(right), n = number(a[0]), m = number(b[0]);
      const both = a.length === 1 && b.length === 1 && n !== null && m !== null;
      if (sign === "=" || sign === "!=") return (both ? n === m : a.join("\n") === b.join("\n")) === (sign === "=");
      if (!both && (!a.length || !b.length || n !== null || m !== null)) return false;
      const x = both ? n : a[0], y = both ? m : b[0];
      return sign === "<" ? x < y : sign === "<=" ? x <= y : sign === ">" ? x > y : x >= y;
    };
    rows.forEach((row) => {
      const asked = holds(JSON.parse(row.dataset.relevant));
      if (!asked) away.add(row.dataset.name);
      row.hidden = !asked;
      row.querySelector("[name=shown]").disabled = !asked;
    });
  };
  form.addEventListener("input", update);
  update();
};
