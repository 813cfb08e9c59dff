// What every page needs: nothing that a page cannot do without.

// a form that says so is sent as soon as one of its fields changes
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-send-on-change]");
  if (form) form.requestSubmit();
});

// an answer is where its reader is led: the address says so, and parts of it that are fetched keep the place
const led = () => location.hash === "#answer";
function toAnswer() {
  const answer = document.getElementById("answer");
  if (!answer) return;
  answer.focus({ preventScroll: true });
  answer.scrollIntoView({ block: "start" });
}
if (led()) toAnswer();
let held = false;
document.addEventListener("htmx:beforeSwap", () => {
  const answer = document.getElementById("answer");
  held = Boolean(answer) && led() && (document.activeElement === document.body || answer.contains(document.activeElement));
});
document.addEventListener("htmx:afterSwap", () => {
  if (held) document.getElementById("answer")?.focus({ preventScroll: true });
  held = false;
});
