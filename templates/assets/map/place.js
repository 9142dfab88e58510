/* A small map on which one place is set: it moves under a pin that stays in the middle, by mouse, finger or arrow keys. */

import "../vendor/leaflet/leaflet.js";
import { Atlas } from "./atlas.js";
import { Land } from "./land.js";

const L = globalThis.L;
const CLOSEST = 14;

/* Open the map in `frame` at a point and tell `moved(latitude, longitude)` where the middle is after a person moved it. */
export const open = async (frame, latitude, longitude, moved) => {
  let land = null;
  const atlas = new Atlas(() => land?.repaint());
  await atlas.open();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(frame, {
    attributionControl: false, zoomControl: false, minZoom: 6, maxZoom: CLOSEST, scrollWheelZoom: false,
    zoomAnimation: !calm, fadeAnimation: !calm, inertia: !calm, keyboardPanDelta: 40,
  });
  const known = Number.isFinite(latitude) && Number.isFinite(longitude) && (latitude || longitude);
  map.setView(known ? [latitude, longitude] : [39, -98], known ? 12 : 6);
  land = new Land(atlas).addTo(map);
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"]) {
    matchMedia(query).addEventListener("change", () => land.repaint());
  }
  document.fonts?.ready.then(() => land.repaint());
  new ResizeObserver(() => map.invalidateSize({ animate: false, pan: false })).observe(frame);
  let asked = false;
  map.on("movestart", () => { asked = asked || frame.contains(document.activeElement) || frame.matches(":hover, :active"); });
  map.on("moveend", () => {
    if (!asked) return;
    asked = false;
    const { lat, lng } = map.getCenter();
    moved(lat, lng);
  });
  for (const button of frame.closest("[data-pin]").querySelectorAll("[data-pin-zoom]")) {
    button.addEventListener("click", () => map.zoomIn(Number(button.dataset.pinZoom)));
  }
  return {
    show: (lat, lng) => { if (Number.isFinite(lat) && Number.isFinite(lng)) map.setView([lat, lng], map.getZoom(), { animate: false }); },
  };
};
