// A majority built by hand: parties chosen by their boxes or by their seats in the half circle, counted at once.

function told(builder, chosen) {
  const needed = Number(builder.dataset.needed);
  const sum = chosen.reduce((seats, box) => seats + Number(box.dataset.seats), 0);
  builder.querySelector("[data-sum]").textContent = sum;
  const names = new Map(chosen.map((box) => [box.value, box.dataset.name]));
  const pairs = builder.dataset.never.split(" ").filter(Boolean).map((pair) => pair.split("+"));
  const never = pairs.find(([one, other]) => names.has(one) && names.has(other));
  const words = sum >= needed ? builder.dataset.wins : builder.dataset.lacks;
  const refused = never
    ? `, ${builder.dataset.refuses.replace("{one}", names.get(never[0])).replace("{other}", names.get(never[1]))}`
    : "";
  builder.querySelector("[data-told]").textContent = words.replace("{n}", Math.abs(sum - needed)) + refused;
  builder.classList.toggle("wins", sum >= needed && !never);
}

function count(builder) {
  const boxes = [...builder.querySelectorAll("input[type=checkbox]")];
  const chosen = boxes.filter((box) => box.checked);
  told(builder, chosen);
  const kept = new Set(chosen.map((box) => box.value));
  for (const seats of document.querySelectorAll("#answer svg [data-party]")) {
    seats.classList.toggle("faded", kept.size > 0 && !kept.has(seats.dataset.party));
  }
}

document.addEventListener("change", (event) => {
  const builder = event.target.closest(".builder");
  if (builder) count(builder);
});
document.addEventListener("click", (event) => {
  const seats = event.target.closest("#answer svg [data-party]");
  const builder = document.querySelector(".builder");
  if (!seats || !builder) return;
  const box = builder.querySelector(`input[value="${CSS.escape(seats.dataset.party)}"]`);
  if (!box) return;
  box.checked = !box.checked;
  count(builder);
});
