// Two histories: seats that differ on the day that is shown are ringed, and counted.

const halves = [...document.querySelectorAll(".two-halves")].map((pair) =>
  [...pair.querySelectorAll("svg.benches")].map((svg) => [...svg.querySelectorAll(".place")]),
);
const told = document.querySelector("[data-differing]");

function mark() {
  let number = 0;
  for (const [left, right] of halves) {
    left.forEach((place, at) => {
      const twin = right[at];
      if (!twin) return;
      const differs = place.querySelector("title").textContent !== twin.querySelector("title").textContent;
      place.classList.toggle("differs", differs);
      twin.classList.toggle("differs", differs);
      number += differs ? 1 : 0;
    });
  }
  if (told) told.textContent = told.dataset.told.replace("{n}", number);
}

document.addEventListener("painted", mark);
mark();
document.querySelector("[data-begin]")?.requestSubmit();
