// A run repainted by day: everything that changes came with the page, so that a step needs no answer from anywhere.

const data = JSON.parse(document.getElementById("replay-data").textContent);
const slider = document.getElementById("day");
const last = Number(slider.max);
const cards = [...document.querySelectorAll("[data-body]")].map((card) => ({
  card,
  body: data.bodies[Number(card.dataset.body)],
  places: [...card.querySelectorAll(".place")],
  painted: [],
  count: card.querySelector(".taken-count"),
  change: card.querySelector("[data-change]"),
  start: takenOn(data.bodies[Number(card.dataset.body)], 0),
}));
const told = [...document.querySelectorAll("[data-told]")];
const transcript = document.querySelector(".transcript");

const decisions = document.getElementById("decisions"); // a file of its own has none, and no address to keep

// changes are told once each; the state of a day is the last change of every place up to it
function stateOf(body, day) {
  const state = new Array(body.sizes.length);
  for (const change of body.changes) {
    if (change[0] > day) break;
    state[change[1]] = change;
  }
  return state;
}

function takenOn(body, day) {
  return stateOf(body, day).reduce((sum, place, number) => sum + (place[2] ? body.sizes[number] : 0), 0);
}

function paintPlace(group, [, , taken, colour, words, mark]) {
  group.firstElementChild.textContent = words;
  for (const dot of group.querySelectorAll("circle")) {
    dot.setAttribute("fill", taken ? colour : data.paper);
    dot.setAttribute("stroke", colour);
    if (taken) dot.removeAttribute("stroke-dasharray");
    else dot.setAttribute("stroke-dasharray", "2 1.6");
  }
  for (const sign of group.querySelectorAll(".faction")) {
    sign.setAttribute("d", data.marks[mark] ?? "");
    sign.setAttribute("fill", taken ? data.tones[colour] : colour);
  }
}

// a place is touched only where it is another than was painted last: most are the same from day to day
function paintBody({ card, body, places, painted, count, change, start }, day) {
  let taken = 0;
  let fresh = 0;
  stateOf(body, day).forEach((place, number) => {
    taken += place[2] ? body.sizes[number] : 0;
    const isNew = day > 0 && place[0] === day;
    fresh += isNew ? 1 : 0;
    places[number].classList.toggle("fresh", isNew);
    if (painted[number] === place) return;
    painted[number] = place;
    paintPlace(places[number], place);
  });
  count.textContent = taken;
  if (change) change.textContent = taken === start ? "" : (taken > start ? "+" : "−") + Math.abs(taken - start);
  card.classList.toggle("fresh", fresh > 0);
}

function paintTable(day) {
  const box = document.querySelector(".table-card");
  if (!box) return;
  const state = data.table.filter((one) => one.step <= day).at(-1);
  box.querySelector("[data-stage]").textContent = state.stage;
  box.querySelector("[data-offer]").textContent = state.settlement;
  box.querySelector("[data-answers]").replaceChildren(
    ...state.answers.map(({ party, answer, word }) => {
      const item = document.createElement("li");
      item.className = answer;
      item.textContent = `${party}: ${word}`;
      return item;
    }),
  );
  box.classList.toggle("fresh", state.step === day && day > 0);
}

function paintCurves(day) {
  for (const cursor of document.querySelectorAll("svg.curves .cursor")) {
    const [low, high] = [Number(cursor.dataset.low), Number(cursor.dataset.high)];
    const { left, right } = cursor.ownerSVGElement.dataset;
    const x = Number(left) + ((day - low) / Math.max(high - low, 1)) * (right - left);
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    cursor.setAttribute("visibility", day < low || day > high ? "hidden" : "visible");
  }
  for (const shown of document.querySelectorAll("output[data-measure]")) {
    shown.textContent = data.values[shown.dataset.measure][day];
  }
}

function paintStory(day) {
  const now = data.told[day];
  told.forEach((item, number) => {
    item.classList.toggle("now", number === now);
    if (number === now) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  });
  const item = told[now];
  if (item) transcript.scrollTop = item.offsetTop;
}

// -- a seat can be chosen, by a click or by keys: who has it, and on which days that changes
const panel = document.querySelector("[data-chosen-seat]");
let chosen = null;

function choose(card, place) {
  document.querySelectorAll(".place.chosen").forEach((one) => {
    one.classList.remove("chosen");
    one.setAttribute("aria-selected", "false");
  });
  chosen = card.places.indexOf(place) < 0 ? null : { card, number: card.places.indexOf(place) };
  if (!chosen) return;
  place.classList.add("chosen");
  place.setAttribute("aria-selected", "true");
  place.ownerSVGElement.setAttribute("aria-activedescendant", place.id);
  tellSeat();
}

function tellSeat() {
  if (!chosen || !panel) return;
  const { card, number } = chosen;
  const changes = card.body.changes.filter((one) => one[1] === number && one[0] > 0);
  const days = changes.map((one) => `${data.days[one[0]]}: ${one[4]}`).join("; ");
  const name = card.places[number].querySelector("title").textContent;
  panel.textContent = days ? `${name}. ${panel.dataset.changes} ${days}` : name;
}

for (const card of cards) {
  const svg = card.places[0]?.ownerSVGElement;
  if (!svg || !panel) continue;
  svg.setAttribute("role", "listbox");
  svg.setAttribute("tabindex", "0");
  card.places.forEach((place, number) => {
    place.id = `place-${card.card.dataset.body}-${number}`;
    place.setAttribute("role", "option");
    place.setAttribute("aria-selected", "false");
    place.addEventListener("click", () => choose(card, place));
  });
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation(); // here arrows choose a seat, not a day
    const at = chosen?.card === card ? chosen.number + by : by > 0 ? 0 : card.places.length - 1;
    choose(card, card.places[Math.min(Math.max(at, 0), card.places.length - 1)]);
  });
}

let waiting = 0;
function fetchDecisions(day) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const asked = new URLSearchParams(location.search);
    asked.set("run", data.run);
    asked.set("day", day);
    if (window.htmx) window.htmx.ajax("GET", `/replay/decisions?${asked}`, "#decisions-part");
  }, 350);
}

function show(day, { keep = true, ask = true } = {}) {
  const began = performance.now();
  slider.value = day;
  slider.setAttribute("aria-valuetext", data.days[day]);
  for (const shown of document.querySelectorAll("#date, [data-shows-date]")) shown.textContent = data.days[day];
  for (const field of document.querySelectorAll("[data-follows-day]")) field.value = day;
  for (const card of cards) paintBody(card, day);
  paintTable(day);
  paintCurves(day);
  paintStory(day);
  if (keep && decisions) {
    const address = new URL(location.href);
    address.searchParams.set("run", data.run);
    address.searchParams.set("day", day);
    if (ask) address.searchParams.delete("decision");
    history.replaceState(null, "", address);
    for (const link of document.querySelectorAll(".pills a, .languages a")) {
      const target = new URL(link.href);
      target.searchParams.set("day", day);
      if (!target.searchParams.has("run")) target.searchParams.set("run", data.run);
      link.href = target.pathname + target.search;
    }
    const take = document.querySelector("[data-take]");
    const taken = new URL(take.href);
    taken.searchParams.set("day", day);
    take.href = taken.pathname + taken.search;
  }
  if (ask && decisions) fetchDecisions(day);
  tellSeat();
  document.dispatchEvent(new Event("painted"));
  document.documentElement.dataset.painted = (performance.now() - began).toFixed(1);
}

const current = () => Number(slider.value);
const to = (day) => {
  stop();
  show(Math.min(Math.max(day, 0), last));
};
const move = (by) => to(current() + by);

// while it plays, nothing is asked for and the address stands still; where it stops, both follow
const button = document.getElementById("play");
const speed = document.getElementById("speed");
let playing = 0;
let began = 0;
let from = 0;

function begin() {
  began = performance.now();
  from = current();
}

function play() {
  if (current() >= last) show(0, { keep: false, ask: false });
  begin();
  button.textContent = button.dataset.pause;
  playing = requestAnimationFrame(frame);
}

function stop() {
  if (!playing) return;
  cancelAnimationFrame(playing);
  playing = 0;
  button.textContent = button.dataset.play;
}

function frame(now) {
  const due = Math.min(from + Math.floor((Math.max(now - began, 0) * Number(speed.value)) / 1000), last);
  if (due > current()) show(due, { keep: false, ask: false });
  if (due < last) playing = requestAnimationFrame(frame);
  else pause();
}

function pause() {
  stop();
  show(current());
}

const toggle = () => (playing ? pause() : play());
button.addEventListener("click", toggle);
speed.addEventListener("change", begin);

slider.addEventListener("input", () => to(current()));
slider.form.addEventListener("submit", (event) => {
  if (!decisions) event.preventDefault();
});
document.querySelectorAll("[data-step]").forEach((button) => {
  button.addEventListener("click", () => move(Number(button.dataset.step)));
});
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea, .scroll")) return;
  if (event.key === "ArrowRight") move(1);
  else if (event.key === "ArrowLeft") move(-1);
  else if (event.key === "Home") to(0);
  else if (event.key === "End") to(last);
  else if (event.key === " " && !event.target.closest("a, button, summary")) toggle();
  else return;
  event.preventDefault();
});
for (const surface of document.querySelectorAll("svg.curves .surface")) {
  surface.addEventListener("click", (event) => {
    const box = surface.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    const [low, high] = [Number(surface.dataset.low), Number(surface.dataset.high)];
    to(Math.round(low + share * (high - low)));
  });
}
told.forEach((item, number) => {
  item.addEventListener("click", () => {
    if (!getSelection().isCollapsed) return;
    to(data.told.indexOf(number));
  });
});
decisions?.addEventListener("click", (event) => {
  const day = event.target.closest("[data-day]");
  const all = event.target.closest("[data-all]");
  if (!day && !all) return;
  event.preventDefault();
  if (all) {
    const address = new URL(location.href);
    if (all.dataset.all) address.searchParams.set("all", all.dataset.all);
    else address.searchParams.delete("all");
    history.replaceState(null, "", address);
    fetchDecisions(current());
  } else {
    to(Number(day.dataset.day));
  }
});
// an opened decision is part of the view that can be shared
document.addEventListener(
  "toggle",
  (event) => {
    const key = event.target.dataset?.decision;
    if (!key || !decisions) return;
    const address = new URL(location.href);
    if (event.target.open) address.searchParams.set("decision", key);
    else if (address.searchParams.get("decision") === key) address.searchParams.delete("decision");
    else return;
    history.replaceState(null, "", address);
  },
  true,
);
show(current(), { keep: false, ask: false });
