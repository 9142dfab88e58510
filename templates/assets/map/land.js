/* Draws the land on one canvas under the pins: Leaflet moves and scales it, this paints it anew when the view has come to rest. */

import "../vendor/leaflet/leaflet.js";
import { CELL, COUNTY_ZOOM, NEAR_ZOOM, WORLD_ZOOM } from "./atlas.js";
import { writeNames } from "./names.js";

const L = globalThis.L;
const ROLES = ["land", "water", "abroad", "shore", "coast", "state", "county", "name", "quiet", "sea", "halo", "accent", "beyond"];
const SHARPEST = 2; // device pixels to a CSS pixel: more is not seen on a map and costs four times the paint

/* Where a point lies, in map units. */
export const toUnits = ({ latitude, longitude }) => {
  const side = 256 * 2 ** WORLD_ZOOM;
  const bent = Math.asinh(Math.tan((latitude * Math.PI) / 180));
  return { x: ((longitude + 180) / 360) * side, y: (0.5 - bent / (2 * Math.PI)) * side };
};

/* The ring of points `metres` from a point, in map units: a circle on the ground, which no circle on the screen is. */
const ring = ({ latitude, longitude }, metres) => {
  const rad = Math.PI / 180;
  const far = metres / 6371008.8;
  const lat = latitude * rad;
  return Array.from({ length: 120 }, (_, i) => {
    const turn = i * 3 * rad;
    const there = Math.asin(Math.sin(lat) * Math.cos(far) + Math.cos(lat) * Math.sin(far) * Math.cos(turn));
    const east = Math.atan2(Math.sin(turn) * Math.sin(far) * Math.cos(lat), Math.cos(far) - Math.sin(lat) * Math.sin(there));
    return toUnits({ latitude: there / rad, longitude: longitude + east / rad });
  });
};

/* What `--map-<role>` of an element is now. A custom property may hold light-dark(): only a real property shows which of
   the two is meant. */
export const coloursOf = (probe, roles) => {
  const colours = { font: getComputedStyle(probe).fontFamily };
  const before = probe.style.color;
  for (const role of roles) {
    probe.style.color = `var(--map-${role})`;
    colours[role] = getComputedStyle(probe).color;
  }
  probe.style.color = before;
  return colours;
};

export const Land = L.Renderer.extend({
  options: { padding: 0.3, pane: "overlayPane" },

  initialize(atlas, options) {
    L.Util.setOptions(this, options);
    L.Util.stamp(this);
    this._layers = {};
    this._atlas = atlas;
    this._place = null;
    this._taken = () => [];
  },

  /* The searched place: {name, town, latitude, longitude, radius (metres or 0)}, or null. */
  setPlace(place) {
    this._place = place && { ...place, ...toUnits(place), ring: place.radius ? ring(place, place.radius) : null };
    this.repaint();
  },

  /* The searched place is drawn above this, by another. */
  goUnder() {
    this._under = true;
    this.repaint();
  },

  /* Which boxes, in pixels of the map's pane, names must leave free. */
  setTaken(boxes) {
    this._taken = boxes;
  },

  repaint() {
    if (!this._map || this._waiting) return;
    this._waiting = L.Util.requestAnimFrame(() => {
      this._waiting = null;
      if (this._map && !this._map._animatingZoom) this._update();
    }, this);
  },

  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
    this._pen = this._container.getContext("2d");
  },

  _destroyContainer() {
    L.Util.cancelAnimFrame(this._waiting);
    this._container.remove();
    delete this._container;
    delete this._pen;
  },

  _updatePaths() {},

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const { min } = this._bounds;
    const size = this._bounds.getSize();
    const sharp = Math.min(globalThis.devicePixelRatio || 1, SHARPEST);
    const canvas = this._container;
    L.DomUtil.setPosition(canvas, min);
    canvas.width = Math.round(size.x * sharp);
    canvas.height = Math.round(size.y * sharp);
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    this._paint(this._map.getPixelOrigin().add(min), size, sharp);
    this.fire("update");
  },

  _paint(origin, size, sharp) {
    const pen = this._pen;
    const atlas = this._atlas;
    const zoom = this._map.getZoom();
    const scale = 2 ** (zoom - WORLD_ZOOM);
    const colours = coloursOf(this._map.getContainer(), ROLES);
    const view = { pen, zoom, scale, sharp, origin, size, colours };
    const squares = zoom >= NEAR_ZOOM ? this._squares(view) : [];
    const corner = this._map.containerPointToLayerPoint([0, 0]);
    const seen = { scale, origin: this._map.getPixelOrigin().add(corner), size: this._map.getSize() };
    atlas.need(zoom, zoom >= NEAR_ZOOM ? this._squares(seen) : []); // what lies beyond the edges can wait

    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = colours.water;
    pen.fillRect(0, 0, this._container.width, this._container.height);
    pen.lineJoin = "round";
    pen.lineCap = "round";

    const near = squares.map(([cx, cy]) => atlas.cell(cx, cy)).filter(Boolean);
    const missing = squares.filter(([cx, cy]) => !atlas.cell(cx, cy));
    const far = zoom < NEAR_ZOOM ? [atlas.overview] : [];
    if (missing.length) this._within(view, missing, () => this._drawPieces(view, [atlas.overview]));
    this._drawPieces(view, [...near, ...far], zoom < NEAR_ZOOM && zoom >= COUNTY_ZOOM ? atlas.counties : null);
    if (!this._under) this._drawPlace(view);

    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    const inMissing = ({ x, y }) => missing.some(([cx, cy]) => x >= cx * CELL && x < (cx + 1) * CELL && y >= cy * CELL && y < (cy + 1) * CELL);
    const towns = near.length
      ? [...near.flatMap((piece) => piece.places), ...(missing.length ? atlas.overview.places.filter(inMissing) : [])]
      : atlas.overview.places;
    this._write({
      ...view,
      towns: near.length ? towns.sort((a, b) => b.people - a.people) : towns,
      counties: near.flatMap((piece) => piece.names),
      states: atlas.overview.names,
      waters: atlas.overview.waters,
    });
  },

  /* Write names in what room the pins leave; the searched place's own comes first. */
  _write({ pen, zoom, scale, origin, size, colours, ...names }) {
    const { min } = this._bounds;
    const edge = this._map.containerPointToLayerPoint([0, 0]).subtract(min);
    const { x, y } = this._map.getSize();
    writeNames(pen, {
      zoom,
      ...names,
      at: (point) => [point.x * scale - origin.x, point.y * scale - origin.y],
      taken: this._taken().map(([x0, y0, x1, y1]) => [x0 - min.x, y0 - min.y, x1 - min.x, y1 - min.y]),
      colours,
      font: colours.font,
      place: this._place?.ring ? this._place : null,
      width: size.x,
      height: size.y,
      seen: [edge.x, edge.y, edge.x + x, edge.y + y],
    });
  },

  /* The squares of map data that a view touches. */
  _squares({ scale, origin, size }) {
    const side = CELL * scale;
    const found = [];
    for (let cy = Math.floor(origin.y / side); cy * side < origin.y + size.y; cy += 1) {
      for (let cx = Math.floor(origin.x / side); cx * side < origin.x + size.x; cx += 1) found.push([cx, cy]);
    }
    return found;
  },

  /* Paint only inside some squares: the far view stands in where the near one is not there yet. */
  _within({ pen, scale, sharp, origin }, squares, draw) {
    pen.save();
    pen.setTransform(sharp, 0, 0, sharp, -origin.x * sharp, -origin.y * sharp);
    pen.beginPath();
    for (const [cx, cy] of squares) pen.rect(cx * CELL * scale, cy * CELL * scale, CELL * scale, CELL * scale);
    pen.clip();
    draw();
    pen.restore();
  },

  _drawPieces({ pen, zoom, scale, sharp, origin, colours }, pieces, counties = null) {
    const place = (piece) => {
      const grow = piece.step * scale * sharp;
      pen.setTransform(grow, 0, 0, grow, (piece.x * scale - origin.x) * sharp, (piece.y * scale - origin.y) * sharp);
      return grow / sharp;
    };
    const fill = (kind, colour) => {
      pen.fillStyle = colour;
      for (const piece of pieces) {
        if (!piece[kind]) continue;
        place(piece);
        pen.fill(piece[kind], "evenodd");
      }
    };
    const stroke = (from, kind, colour, width, dashes = []) => {
      pen.strokeStyle = colour;
      for (const piece of from) {
        if (!piece[kind]) continue;
        const grow = place(piece);
        pen.lineWidth = width / grow;
        pen.setLineDash(dashes.map((dash) => dash / grow));
        pen.stroke(piece[kind]);
      }
      pen.setLineDash([]);
    };
    const bold = Math.min(1.6, Math.max(0.8, zoom / 7));
    stroke(pieces, "coast", colours.shore, 5 + zoom * 0.7);
    fill("abroad", colours.abroad);
    fill("land", colours.land);
    fill("lakes", colours.water);
    stroke(pieces, "lakes", colours.coast, 0.7);
    stroke(counties ? [counties] : pieces, "counties", colours.county, 0.9);
    stroke(pieces, "states", colours.state, bold);
    stroke(pieces, "coast", colours.coast, 0.9);
  },

  _drawPlace({ pen, scale, sharp, origin, size, colours }) {
    if (!this._place?.ring) return; // a whole state has no middle worth a mark
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    const at = ({ x, y }) => [x * scale - origin.x, y * scale - origin.y];
    const circle = new Path2D();
    for (const point of this._place.ring) circle.lineTo(...at(point));
    circle.closePath();
    const outside = new Path2D(circle);
    outside.rect(-1, -1, size.x + 2, size.y + 2);
    pen.fillStyle = colours.beyond;
    pen.fill(outside, "evenodd");
    pen.lineWidth = 1.25;
    pen.setLineDash([2, 5]);
    pen.strokeStyle = colours.accent;
    pen.stroke(circle);
    pen.setLineDash([]);
    const [x, y] = at(this._place);
    pen.beginPath();
    pen.arc(x, y, 7, 0, Math.PI * 2);
    pen.fillStyle = colours.halo;
    pen.fill();
    pen.lineWidth = 2.5;
    pen.strokeStyle = colours.accent;
    pen.stroke();
    pen.beginPath();
    pen.arc(x, y, 2.5, 0, Math.PI * 2);
    pen.fillStyle = colours.accent;
    pen.fill();
  },
});

/* The searched place alone, for a layer above what hides the land. */
export const Mark = Land.extend({
  options: { pane: "mark" },

  _paint(origin, size, sharp) {
    const zoom = this._map.getZoom();
    const view = { pen: this._pen, zoom, scale: 2 ** (zoom - WORLD_ZOOM), sharp, origin, size, colours: coloursOf(this._map.getContainer(), ROLES) };
    this._drawPlace(view);
    this._pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    this._write({ ...view, towns: [], counties: [], states: [], waters: [] });
  },
});
