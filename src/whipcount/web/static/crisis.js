// Choosing a seat without loading the page again, and walking along the benches by arrow keys.

const panel = document.getElementById("chosen");

async function choose(address, moved) {
  const target = new URL(address, location.href);
  const part = new URL("/crisis/chosen", location.href);
  part.search = target.search;
  const answer = await fetch(part, { headers: { Accept: "text/html" } });
  if (!answer.ok) {
    location.assign(address);
    return;
  }
  panel.innerHTML = await answer.text();
  mark(target.searchParams);
  if (moved) history.pushState(null, "", target.pathname + target.search);
  if (matchMedia("(max-width: 68rem)").matches) asSheet();
}

// where the panel does not stand beside the benches, it comes up over them and goes away again
function asSheet() {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "quiet-button close";
  close.textContent = panel.dataset.close;
  close.addEventListener("click", () => panel.classList.remove("sheet"));
  panel.prepend(close);
  panel.classList.add("sheet");
  panel.scrollTop = 0;
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") panel.classList.remove("sheet");
});

function mark(query) {
  for (const place of document.querySelectorAll("a.place")) {
    const own = new URL(place.getAttribute("href"), location.href).searchParams;
    const same = ["who", "post"].every((key) => own.get(key) === query.get(key));
    const chosen = same && (query.has("who") || query.has("post"));
    place.classList.toggle("chosen", chosen);
    if (chosen) place.setAttribute("aria-current", "true");
    else place.removeAttribute("aria-current");
  }
}

document.addEventListener("click", (event) => {
  const place = event.target.closest("a.place, a[data-choose]");
  if (!place || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  choose(place.getAttribute("href"), true);
});
addEventListener("popstate", () => choose(location.href, false));

// one tab stop for each half circle; the arrow keys walk along it
for (const benches of document.querySelectorAll("svg.benches")) {
  const places = [...benches.querySelectorAll("a.place")];
  const first = places.find((place) => place.classList.contains("chosen")) ?? places[0];
  for (const place of places) place.setAttribute("tabindex", place === first ? "0" : "-1");
  benches.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -places.length, End: places.length };
    if (!(event.key in step)) return;
    event.preventDefault();
    const here = places.indexOf(event.target.closest("a.place"));
    const next = places[Math.min(Math.max(here + step[event.key], 0), places.length - 1)];
    for (const place of places) place.setAttribute("tabindex", place === next ? "0" : "-1");
    next.focus();
  });
}
