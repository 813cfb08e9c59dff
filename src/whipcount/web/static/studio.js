// The studio: mistakes stand at their fields, forms and text wait for each other, names are the same everywhere.

const byId = (id) => document.getElementById(id);
const fields = () => byId("forms");
let unsent = false; // something was typed into the forms that the text does not have yet

// -- a mistake's line is found in the text
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-line]");
  if (!button) return;
  const text = byId("text");
  const lines = text.value.split("\n");
  const line = Math.min(Number(button.dataset.line), lines.length);
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + lines[line - 1].length);
  text.scrollTop = ((line - 4) / lines.length) * text.scrollHeight;
});

// -- and its field in the forms
document.addEventListener("click", (event) => {
  const link = event.target.closest('#answer a[href^="#f-"]');
  const field = link && byId(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.scrollIntoView({ block: "center" });
});

function tellFields() {
  const forms = fields();
  if (!forms || byId("answer").querySelector(".job")) return;
  const wrong = new Map([...document.querySelectorAll("#answer [data-field]")].map((one) => [one.dataset.field, one.dataset.words]));
  const empty = new Set([...document.querySelectorAll("#answer [data-missing]")].map((one) => one.dataset.missing));
  for (const why of forms.querySelectorAll(".why")) {
    const name = why.id.slice("why-".length);
    const words = wrong.get(name) ?? "";
    if (why.textContent !== words) why.textContent = words;
    why.classList.toggle("missing", empty.has(name));
    const field = byId(`f-${name}`);
    if (words) field?.setAttribute("aria-invalid", "true");
    else field?.removeAttribute("aria-invalid");
  }
}

// -- a name that is typed is the name in every list
function tellNames(input) {
  for (const one of document.querySelectorAll(`[data-name-of="${CSS.escape(input.name)}"]`)) {
    one.textContent = input.value.trim() || one.dataset.otherwise;
  }
}

// -- forms and text: while one is changed the other waits
document.addEventListener("input", (event) => {
  if (event.target.id === "text") {
    const whole = fields()?.querySelector(".whole");
    if (whole) whole.disabled = true;
  } else if (event.target.closest("#forms")) {
    unsent = true;
    byId("text").readOnly = true;
    if (event.target.name) tellNames(event.target);
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.closest?.("#forms") || event.detail.elt.id === "forms") {
    unsent = false;
    byId("text").readOnly = false;
  }
});
document.addEventListener("htmx:afterSettle", tellFields);
document.addEventListener("htmx:oobAfterSwap", tellFields);

// -- what was typed last is kept too
byId("keep").addEventListener("submit", (event) => {
  if (!unsent || !fields()) return;
  event.preventDefault();
  const button = event.submitter;
  document.addEventListener("htmx:afterRequest", () => setTimeout(() => byId("keep").requestSubmit(button)), { once: true });
  window.htmx.trigger(fields(), "sync");
});
