/* The clinics on the map: a numbered button for each card of the list, kept apart so that each can be seen and pressed. */

import "../vendor/leaflet/leaflet.js";

const L = globalThis.L;
const SIZE = 30;
const APART = SIZE + 4;
const ABOVE = 26; // a pin stands this far above its point
const ROUNDS = 80;

const PinIcon = L.Icon.extend({
  createIcon() {
    const { number, name } = this.options;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "map-pin";
    button.textContent = number;
    button.setAttribute("aria-label", `${number}. ${name}`);
    return button;
  },
  createShadow() {
    return null;
  },
});

/* Move pins that would cover each other aside; each stays as near to its point as that allows. Pixels, deterministic. */
export const spread = (points) => {
  const heads = points.map(({ x, y }, i) => ({ x: x + i * 0.01, y: y - ABOVE - i * 0.01 }));
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = false;
    for (let i = 0; i < heads.length; i += 1) {
      for (let j = i + 1; j < heads.length; j += 1) {
        const dx = heads[j].x - heads[i].x;
        const dy = heads[j].y - heads[i].y;
        const gap = Math.hypot(dx, dy);
        if (gap >= APART) continue;
        const push = (APART - gap) / 2 + 0.05;
        const turn = gap > 0.5 ? Math.atan2(dy, dx) : (j * 2.4) % (2 * Math.PI);
        heads[i].x -= Math.cos(turn) * push;
        heads[i].y -= Math.sin(turn) * push;
        heads[j].x += Math.cos(turn) * push;
        heads[j].y += Math.sin(turn) * push;
        moved = true;
      }
    }
    if (!moved) break;
    if (round > ROUNDS * 0.7) continue; // the last rounds only part, so that none overlap in the end
    heads.forEach((head, i) => {
      head.x += (points[i].x - head.x) * 0.02;
      head.y += (points[i].y - ABOVE - head.y) * 0.02;
    });
  }
  return heads.map((head, i) => ({ x: head.x - points[i].x, y: head.y - points[i].y }));
};

export class Pins {
  #map;
  #on;
  #pins = [];

  /* `on` is told what a person does: press(clinic, button), point(clinic or null). */
  constructor(map, on) {
    this.#map = map;
    this.#on = on;
    map.on("zoomend", () => this.arrange());
  }

  get all() {
    return this.#pins;
  }

  find(key) {
    return this.#pins.find((pin) => pin.clinic.key === key) ?? null;
  }

  show(clinics) {
    for (const { marker } of this.#pins) marker.remove();
    this.#pins = clinics.map((clinic) => {
      const icon = new PinIcon({ number: clinic.number, name: clinic.label, iconSize: [SIZE, SIZE] });
      const marker = L.marker([clinic.latitude, clinic.longitude], { icon, keyboard: false, interactive: false });
      marker.addTo(this.#map);
      const button = marker.getElement();
      const pin = { clinic, marker, button, offset: { x: 0, y: -ABOVE } };
      L.DomEvent.disableClickPropagation(button);
      button.addEventListener("click", () => this.#on.press(pin));
      button.addEventListener("focus", () => {
        this.#bringIntoView(pin);
        this.#on.point(pin);
      });
      button.addEventListener("blur", () => this.#on.point(null));
      button.addEventListener("pointerenter", () => this.#on.point(pin));
      button.addEventListener("pointerleave", () => this.#on.point(null));
      return pin;
    });
    this.arrange();
  }

  /* Place the heads for the zoom as it is now, and draw each stem from head to point. */
  arrange() {
    const points = this.#pins.map(({ marker }) => this.#map.latLngToLayerPoint(marker.getLatLng()));
    spread(points).forEach((offset, i) => {
      const { button } = this.#pins[i];
      this.#pins[i].offset = offset;
      button.style.marginLeft = `${offset.x - SIZE / 2}px`;
      button.style.marginTop = `${offset.y - SIZE / 2}px`;
      button.style.setProperty("--stem", `${Math.hypot(offset.x, offset.y)}px`);
      button.style.setProperty("--turn", `${Math.atan2(-offset.y, -offset.x)}rad`);
    });
  }

  /* The boxes the heads and points cover, in pixels of the map's pane. */
  boxes() {
    return this.#pins.flatMap(({ marker, offset }) => {
      const { x, y } = this.#map.latLngToLayerPoint(marker.getLatLng());
      const half = SIZE / 2 + 1;
      return [[x + offset.x - half, y + offset.y - half, x + offset.x + half, y + offset.y + half], [x - 4, y - 4, x + 4, y + 4]];
    });
  }

  mark(pin) {
    for (const each of this.#pins) {
      const on = each === pin;
      each.button.classList.toggle("is-pointed", on);
      each.marker.setZIndexOffset(on ? 1000 : 0);
    }
  }

  #bringIntoView({ marker, offset }) {
    const edge = SIZE;
    const size = this.#map.getSize();
    const at = this.#map.latLngToContainerPoint(marker.getLatLng());
    const inside = at.x > edge && at.x + offset.x > edge && at.y + offset.y > edge
      && Math.max(at.x, at.x + offset.x) < size.x - edge && at.y < size.y - edge;
    if (!inside) this.#map.panTo(marker.getLatLng(), { animate: false });
  }
}
