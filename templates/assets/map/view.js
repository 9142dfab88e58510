/* The map itself: a Leaflet view of the clinics in the list, kept in step with the list. It asks no other host for anything. */

import "../vendor/leaflet/leaflet.js";
import { Atlas } from "./atlas.js";
import { Land } from "./land.js";
import { Pins } from "./pins.js";

const L = globalThis.L;
const FARTHEST = 3;
const CLOSEST = 12;
const FIT_CLOSEST = 11;
const WITH_STREETS = { closest: 17, fitClosest: 13, beyondTiles: 2 }; // streets can be looked at from nearer than lines
const METRES_PER_MILE = 1609.344;
const PAN = 120;
const ROOM_FOR_PINS = { paddingTopLeft: [36, 60], paddingBottomRight: [64, 30] };
const ROOM_FOR_CIRCLE = { paddingTopLeft: [12, 46], paddingBottomRight: [12, 12] }; // the buttons cover a corner of it at most
const NEAR_HOME = L.latLngBounds([-25, -215], [75, -48]);
const FAR_WEST_PACIFIC = L.latLngBounds([-5, 120], [35, 170]); // Guam and the Northern Marianas
const STYLE = new URL("./map.css", import.meta.url);

const styled = () => new Promise((done, fail) => {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = STYLE;
  link.addEventListener("load", done);
  link.addEventListener("error", () => fail(new Error("The map's style sheet could not be loaded.")));
  document.head.append(link);
});

const cards = () => [...document.querySelectorAll("li.result-card[data-lat][data-lon]")];

/* What the list says now. A card's data: lat, lon, number, name, where (town and distance, in words). */
const clinicOf = (card) => {
  const { lat, lon, number, name, where } = card.dataset;
  const link = card.querySelector("a[href]");
  return {
    card, number, name, where, link,
    key: link?.getAttribute("href") ?? number,
    label: [name, where].filter(Boolean).join(", "),
    latitude: Number(lat),
    longitude: Number(lon),
  };
};

const placeOf = () => {
  const data = document.querySelector("[data-place-lat]")?.dataset;
  if (!data) return null;
  return {
    name: data.placeName,
    town: data.placeName.split(",")[0],
    latitude: Number(data.placeLat),
    longitude: Number(data.placeLon),
    radius: Number(data.placeRadius || 0) * METRES_PER_MILE,
  };
};

class View {
  constructor(region, atlas) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const streets = region.dataset.tilesZooms;
    this.closest = streets ? Math.min(WITH_STREETS.closest, Math.max(CLOSEST, Number(streets.split(" ")[1]) + WITH_STREETS.beyondTiles)) : CLOSEST;
    this.fitClosest = streets ? WITH_STREETS.fitClosest : FIT_CLOSEST;
    this.region = region;
    this.canvas = region.querySelector("[data-map-view]");
    this.map = L.map(this.canvas, {
      attributionControl: false, zoomControl: false, minZoom: FARTHEST, maxZoom: this.closest, zoomSnap: streets ? 1 : 0.5,
      zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm, maxBoundsViscosity: 1,
      keyboardPanDelta: PAN, bounceAtZoomLimits: false, zoomAnimationThreshold: 6,
    });
    if (calm) this.map.panBy = (by) => L.Map.prototype.panBy.call(this.map, by, { animate: false });
    this.map.setView([39, -98], FARTHEST);
    this.land = new Land(atlas).addTo(this.map);
    this.pins = new Pins(this.map, { press: (pin) => this.openCard(pin), point: (pin) => this.point(pin) });
    this.land.setTaken(() => this.pins.boxes());
    this.followWheel();
    this.followButtons();
    this.followList();
    this.followColours();
    this.update();
  }

  update() {
    const clinics = cards().map(clinicOf);
    const place = placeOf();
    const said = JSON.stringify([clinics.map(({ key, number, label, latitude, longitude }) => [key, number, label, latitude, longitude]), place]);
    this.clinics = clinics;
    if (said === this.said) {
      clinics.forEach((clinic, i) => { this.pins.all[i].clinic = clinic; });
      return;
    }
    this.said = said;
    this.place = place;
    this.closeCard({ focus: false });
    const held = this.canvas.contains(document.activeElement);
    this.fit();
    this.pins.show(clinics);
    this.land.setPlace(place);
    this.tiles?.setPlace(place);
    if (held) this.canvas.focus({ preventScroll: true });
  }

  /* Show every clinic of the list and the searched place; the whole circle too where that does not make them tiny. */
  fit() {
    const points = this.clinics.map(({ latitude, longitude }) => [latitude, longitude]);
    if (this.place) points.push([this.place.latitude, this.place.longitude]);
    if (!points.length) return;
    let bounds = L.latLngBounds(points);
    let room = ROOM_FOR_PINS;
    if (this.place?.radius) {
      const round = (metres) => L.latLng(this.place.latitude, this.place.longitude).toBounds(metres * 2);
      const circle = round(this.place.radius);
      bounds.extend(round(this.place.radius / 3)); // so that a lone clinic is seen among the towns round it
      const span = (box) => Math.max(box.getNorth() - box.getSouth(), (box.getEast() - box.getWest()) * 0.77);
      if (!this.clinics.length || (circle.contains(bounds) && span(circle) < span(bounds) * 2.2)) {
        bounds = circle;
        room = ROOM_FOR_CIRCLE;
      }
    }
    const far = bounds.getCenter().lng > 100;
    this.map.setMaxBounds(null);
    this.map.fitBounds(bounds, { ...room, maxZoom: this.fitClosest, animate: false });
    this.map.setMaxBounds(far ? FAR_WEST_PACIFIC : NEAR_HOME);
  }

  point(pin) {
    this.pins.mark(pin ?? this.opened ?? null);
    for (const { card } of this.clinics) card.classList.toggle("is-pointed", card === (pin ?? this.opened)?.clinic.card);
  }

  openCard(pin) {
    this.closeCard({ focus: false });
    const { clinic, offset } = pin;
    const card = this.region.querySelector("template[data-map-card]").content.firstElementChild.cloneNode(true);
    const link = card.querySelector("a");
    link.textContent = clinic.name;
    if (clinic.link) link.href = clinic.link.href;
    card.setAttribute("aria-label", `${clinic.number}. ${clinic.name}`);
    card.querySelector("[data-where]").textContent = clinic.where ?? "";
    card.querySelector("[data-list]").addEventListener("click", () => this.showInList(pin));
    card.querySelector("[data-close]").addEventListener("click", () => this.closeCard());
    card.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.closeCard();
    });
    const at = this.map.layerPointToLatLng(this.map.latLngToLayerPoint(pin.marker.getLatLng()).add([offset.x, offset.y]));
    this.popup = L.popup({ closeButton: false, autoClose: false, closeOnEscapeKey: false, offset: [0, -12], minWidth: 0, maxWidth: 260, autoPanPaddingTopLeft: [10, 10], autoPanPaddingBottomRight: [64, 10], className: "map-popup" })
      .setLatLng(at)
      .setContent(card);
    this.opened = pin;
    this.popup.on("remove", () => {
      if (this.opened === pin) this.opened = null;
      this.point(null);
    });
    this.popup.openOn(this.map);
    this.point(pin);
    link.focus({ preventScroll: true });
  }

  closeCard({ focus = true } = {}) {
    const { opened, popup } = this;
    if (!popup) return;
    this.popup = null;
    popup.remove();
    if (focus && opened) opened.button.focus({ preventScroll: true });
  }

  /* Move to the clinic's card in the list; Escape there comes back to the pin. */
  showInList(pin) {
    const { key } = pin.clinic;
    const { card, link } = this.clinics.find((clinic) => clinic.key === key) ?? {};
    if (!card) return;
    this.closeCard({ focus: false });
    const back = (event) => {
      if (event.key !== "Escape") return;
      const again = this.pins.find(key);
      if (again) {
        this.region.scrollIntoView({ block: "nearest" });
        again.button.focus();
      }
    };
    card.addEventListener("keydown", back);
    card.addEventListener("focusout", (event) => {
      if (!card.contains(event.relatedTarget)) card.removeEventListener("keydown", back);
    }, { once: false });
    card.scrollIntoView({ block: "center" });
    (link ?? card).focus({ preventScroll: true });
    this.point(pin);
  }

  followButtons() {
    const { region, map } = this;
    const act = {
      in: () => map.zoomIn(1),
      out: () => map.zoomOut(1),
      fit: () => this.fit(),
      up: () => map.panBy([0, -PAN]),
      down: () => map.panBy([0, PAN]),
      left: () => map.panBy([-PAN, 0]),
      right: () => map.panBy([PAN, 0]),
      arrows: (button) => {
        const open = button.getAttribute("aria-expanded") !== "true";
        button.setAttribute("aria-expanded", String(open));
        region.querySelector("[data-map-arrows]").hidden = !open;
      },
    };
    for (const button of region.querySelectorAll("[data-map-do]")) {
      button.addEventListener("click", () => act[button.dataset.mapDo](button));
    }
    const say = () => {
      for (const [name, stuck] of [["in", map.getZoom() >= this.closest], ["out", map.getZoom() <= FARTHEST]]) {
        region.querySelector(`[data-map-do="${name}"]`).setAttribute("aria-disabled", String(stuck));
      }
    };
    map.on("zoomend", say);
    say();
  }

  /* The wheel scrolls the page; it zooms only with Ctrl or when the person is already in the map. */
  followWheel() {
    this.canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey && !this.canvas.contains(document.activeElement)) event.stopImmediatePropagation();
    }, { capture: true, passive: true });
  }

  followList() {
    const main = document.querySelector("main") ?? document.body;
    const pinOf = (target) => {
      const card = target instanceof Element ? target.closest("li.result-card") : null;
      return card && this.pins.all.find((pin) => pin.clinic.card === card);
    };
    for (const type of ["pointerover", "focusin"]) {
      main.addEventListener(type, (event) => {
        if (!this.canvas.contains(event.target)) this.point(pinOf(event.target) ?? null);
      });
    }
    main.addEventListener("pointerleave", () => this.point(null));
    // htmx swaps parts of <main>; so does going back. Whoever changes the list, the map follows.
    const soon = () => {
      cancelAnimationFrame(this.soon);
      this.soon = requestAnimationFrame(() => this.update());
    };
    new MutationObserver((changes) => {
      if (changes.some(({ target }) => !this.region.contains(target))) soon();
    }).observe(main, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-lat", "data-lon", "data-number", "data-place-lat", "data-place-radius"] });
    new ResizeObserver(() => {
      const was = this.map.getSize();
      this.map.invalidateSize({ animate: false });
      if (!was.x || !was.y) this.fit();
    }).observe(this.canvas);
  }

  repaint() {
    this.land.repaint();
    this.tiles?.repaint();
  }

  /* Streets, where the operator has a file of them. Without it, or when it fails, the land alone is shown. */
  async addStreets() {
    try {
      const { Tiles } = await import("./tiles.js");
      const tiles = await Tiles.over(this.map, this.region.dataset);
      tiles.mark.setTaken(() => this.pins.boxes());
      tiles.setPlace(this.place);
      this.land.goUnder();
      this.tiles = tiles;
    } catch (error) {
      console.error(error);
    }
  }

  followColours() {
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"]) {
      matchMedia(query).addEventListener("change", () => this.repaint());
    }
    document.fonts?.ready.then(() => this.repaint());
  }
}

/* Make the map in its region. Rejects when the data without which nothing can be drawn does not come. */
export const open = async (region) => {
  let view = null;
  const atlas = new Atlas(() => view?.land.repaint());
  await Promise.all([styled(), atlas.open()]);
  view = new View(region, atlas);
  if (region.dataset.tiles) view.addStreets();
};
