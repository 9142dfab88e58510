/* The search pages, helped along: filters apply at once, the change is announced, places are suggested while typing, and
   the visitor's own position is used on a click. Without this file the same forms and links do the same. */

import { suggest } from "./suggest.js";

const announce = (text) => {
  const region = document.getElementById("announcement");
  if (region) region.textContent = text;
};

const enhance = () => {
  for (const part of document.querySelectorAll("[data-scriptless]")) part.hidden = true;
  for (const input of document.querySelectorAll("input[name='near'][type='text']")) suggest(input);
  for (const form of document.querySelectorAll("form[data-here]")) offerPosition(form);
};

/* "Use my location": asked for on the click alone, rounded to two decimals (a kilometre) before it leaves the browser. */
const offerPosition = (form) => {
  if (!navigator.geolocation || form.dataset.here === "ready") return;
  form.dataset.here = "ready";
  form.hidden = false;
  const said = form.querySelector("[data-here-said]");
  form.addEventListener("submit", (event) => {
    if (form.elements.latitude.value) return;
    event.preventDefault();
    said.textContent = said.dataset.wait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.latitude.value = coords.latitude.toFixed(2);
        form.elements.longitude.value = coords.longitude.toFixed(2);
        form.submit();
      },
      () => { said.textContent = said.dataset.failed; },
      { maximumAge: 600000, timeout: 15000 },
    );
  });
  addEventListener("pageshow", () => { form.elements.latitude.value = form.elements.longitude.value = said.textContent = ""; });
};

/* Which groups stand open is the reader's own choice: it outlives the swap. So does the focus, which htmx cannot give back
   to a box inside a group that comes closed, as all of them do on a phone. */
let open = new Map();
let focused = "";
document.addEventListener("htmx:beforeSwap", () => {
  open = new Map([...document.querySelectorAll("[data-facet]")].map((group) => [group.dataset.facet, group.open]));
  focused = document.activeElement?.id ?? "";
});
document.addEventListener("htmx:afterSwap", () => {
  for (const group of document.querySelectorAll("[data-facet]")) {
    if (open.has(group.dataset.facet)) group.open = open.get(group.dataset.facet);
  }
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
  enhance();
  document.dispatchEvent(new CustomEvent("results:changed"));
});
document.addEventListener("htmx:afterSettle", () => announce(document.getElementById("heading")?.textContent.trim() ?? ""));

/* htmx notes the address in the session's storage; where somebody looked for care is to be noted nowhere. */
const forget = () => {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("htmx-")) sessionStorage.removeItem(name);
};
for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore", "htmx:afterSettle", "htmx:load"]) {
  document.addEventListener(name, forget);
}
/* What cannot be answered in place (a place that is not clear, a fault) is a page of its own. */
document.addEventListener("htmx:responseError", (event) => { location.assign(event.detail.pathInfo.finalRequestPath); });
document.addEventListener("htmx:sendError", (event) => { location.assign(event.detail.pathInfo.finalRequestPath); });

/* Boxes "Compare": how many are ticked is said, and ticks outlive a swap; those that left the list go along unseen. */
const form = () => document.getElementById("compare");
const ticked = () => [...(form()?.elements ?? [])].filter((box) => box.name === "c" && (box.type === "hidden" || box.checked));
const tell = () => {
  if (!form()) return;
  const { none, one, more, most } = form().dataset;
  const count = ticked().length;
  const words = count === 0 ? none : count === 1 ? one : count > 4 ? most : more;
  form().querySelector("[data-compare-said]").textContent = words.replace("{n}", count);
};
let chosen = [];
document.addEventListener("change", (event) => { if (event.target.name === "c") tell(); });
document.addEventListener("htmx:beforeSwap", () => { chosen = ticked().map((box) => box.value); });
document.addEventListener("htmx:afterSwap", () => {
  const boxes = new Map([...(form()?.elements ?? [])].filter((box) => box.name === "c").map((box) => [box.value, box]));
  for (const value of form() ? chosen : []) {
    if (boxes.has(value)) boxes.get(value).checked = true;
    else form().append(Object.assign(document.createElement("input"), { type: "hidden", name: "c", value }));
  }
  tell();
});
addEventListener("pageshow", tell);

enhance();
