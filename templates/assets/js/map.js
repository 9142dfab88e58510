/* Offers the map beside the list. Nothing of the map is fetched before it is shown: by itself on a wide screen, once it
   is in view and the page is at rest; on a small one by its button. Without this file the page has only the list. */

const region = document.querySelector("[data-map]");

if (region) {
  const offer = region.querySelector("[data-map-show]");
  const frame = region.querySelector("[data-map-frame]");
  const failed = region.querySelector("[data-map-failed]");
  let asked = false;

  const show = async ({ focus = false } = {}) => {
    if (asked) return;
    asked = true;
    offer.setAttribute("aria-disabled", "true");
    try {
      const { open } = await import("../map/view.js");
      frame.hidden = false;
      await open(region);
      region.dataset.map = "open";
      offer.parentElement.hidden = true;
      if (focus) frame.querySelector("[data-map-view]").focus({ preventScroll: true });
    } catch (error) {
      console.error(error);
      region.dataset.map = "failed";
      frame.hidden = true;
      failed.hidden = false;
      offer.removeAttribute("aria-disabled");
      asked = false;
    }
  };

  const wide = matchMedia("(width >= 64rem)");
  const spare = () => !navigator.connection?.saveData && wide.matches;
  const atRest = globalThis.requestIdleCallback ?? ((then) => setTimeout(then, 200));
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting) || !spare()) return;
    seen.disconnect();
    atRest(() => show());
  });

  region.hidden = false;
  for (const link of document.querySelectorAll("[data-map-link]")) link.hidden = false;
  offer.addEventListener("click", () => {
    failed.hidden = true;
    show({ focus: true });
  });
  seen.observe(region);
  wide.addEventListener("change", () => {
    seen.unobserve(region);
    seen.observe(region);
  });
}
