/* Offers the map beside the list. Nothing of the map is fetched before it is shown: by itself on a wide screen, once it
   is in view and the page is at rest; on a small one by its button. Without this file the page has only the list. */

const region = document.querySelector("[data-map]");

if (region) {
  const button = region.querySelector("[data-map-show]");
  const offer = button.parentElement;
  const frame = region.querySelector("[data-map-frame]");
  const failed = region.querySelector("[data-map-failed]");
  const wide = matchMedia("(width >= 75rem)"); // as in map.css: there is room beside the list
  const unasked = () => wide.matches && !navigator.connection?.saveData;
  const atRest = globalThis.requestIdleCallback ?? ((then) => setTimeout(then, 200));
  let asked = false;

  const show = async ({ focus = false } = {}) => {
    if (asked) return;
    asked = true;
    failed.hidden = true;
    button.setAttribute("aria-disabled", "true");
    try {
      const { open } = await import("../map/view.js");
      frame.hidden = false;
      await open(region);
      frame.inert = false;
      offer.hidden = true;
      region.dataset.map = "open";
      if (focus) frame.querySelector("[data-map-view]").focus({ preventScroll: true });
    } catch (error) {
      console.error(error);
      asked = false;
      frame.hidden = true;
      offer.hidden = false;
      failed.hidden = false;
      region.dataset.map = "failed";
      button.removeAttribute("aria-disabled");
    }
  };

  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting) || !unasked()) return;
    seen.disconnect();
    atRest(() => show());
  });

  frame.inert = true;
  offer.hidden = unasked();
  frame.hidden = !unasked(); // its room is taken from the start, so that nothing jumps when it comes
  region.hidden = false;
  button.addEventListener("click", () => show({ focus: true }));
  seen.observe(region);
  wide.addEventListener("change", () => {
    seen.unobserve(region);
    seen.observe(region);
  });
}
