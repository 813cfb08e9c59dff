// The grid of a parliament: colours are picked, rows are added.

document.addEventListener("input", (event) => {
  const table = event.target.closest(".grid-of-parties");
  if (!table) return;
  if (event.target.dataset.colourOf) {
    table.querySelector(`[name="${CSS.escape(event.target.dataset.colourOf)}"]`).value = event.target.value;
  } else if (/^#[0-9a-f]{6}$/i.test(event.target.value)) {
    const picker = table.querySelector(`[data-colour-of="${CSS.escape(event.target.name)}"]`);
    if (picker) picker.value = event.target.value;
  }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-more-rows]");
  if (!button) return;
  const rows = button.closest("form").querySelector(".grid-of-parties tbody");
  const last = rows.lastElementChild;
  const number = rows.children.length;
  const row = last.cloneNode(true);
  for (const input of row.querySelectorAll("input")) {
    for (const key of ["name", "data-colour-of"]) {
      const named = input.getAttribute(key);
      if (named) input.setAttribute(key, named.replace(/^cell\.\d+\./, `cell.${number}.`));
    }
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(String(number), String(number + 1)));
    if (input.type !== "color") input.value = "";
  }
  rows.append(row);
  row.querySelector("input").focus();
});
