/* Offers a map on which the place of a clinic can be set: by a click, or by the arrow keys on the pin. The two fields
   for degrees stay what is sent, and without this file they are all there is. */

const region = document.querySelector("[data-pin]");

if (region) {
  const frame = region.querySelector("[data-pin-map]");
  const [latitude, longitude] = ["point.latitude", "point.longitude"].map((id) => document.getElementById(id));
  const byHand = region.querySelector('input[name="point.by"][value="pin"]');
  const { open } = await import("../map/place.js");
  region.querySelector("[data-pin-set]").hidden = false;
  const map = await open(frame, Number(latitude.value), Number(longitude.value), (lat, lng) => {
    latitude.value = lat.toFixed(4);
    longitude.value = lng.toFixed(4);
    byHand.checked = true;
  });
  for (const input of [latitude, longitude]) {
    input.addEventListener("change", () => map.show(Number(latitude.value), Number(longitude.value)));
  }
}
