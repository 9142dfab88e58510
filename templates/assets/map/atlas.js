/* The land: which pieces of map data a view needs, fetched once each and kept. Map units: pixels at zoom 12. */

import { cells } from "./data/cells.js";
import { unpack } from "./unpack.js";

export const WORLD_ZOOM = 12;
export const CELL = 16384;
export const NEAR_ZOOM = 8;
export const COUNTY_ZOOM = 6;

const FILLS = ["abroad", "land", "lakes"];
const LINES = ["counties", "states", "coast"];

const read = async (url) => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
};

/* A piece ready to draw: its paths in steps from (x, y), and its names in map units. */
const piece = (data, x = 0, y = 0) => {
  const { step } = data;
  const origin = { left: x / step, top: y / step };
  const made = { x, y, step };
  for (const kind of FILLS) made[kind] = data[kind] ? unpack(data[kind], { ...origin, closed: true }) : null;
  for (const kind of LINES) made[kind] = data[kind] ? unpack(data[kind], origin) : null;
  for (const kind of ["names", "places", "waters"]) {
    made[kind] = (data[kind] ?? []).map(([text, px, py, people = 0]) => ({ text, x: px * step, y: py * step, people }));
  }
  return made;
};

export class Atlas {
  #changed;
  #cells = new Map();
  #asked = new Set();

  constructor(changed) {
    this.#changed = changed;
    this.overview = null;
    this.counties = null;
  }

  /* The far view is needed before anything can be drawn; failing to get it fails the map. */
  async open() {
    this.overview = piece(await read(new URL("./data/overview.json", import.meta.url)));
  }

  cell(cx, cy) {
    return this.#cells.get(`${cx}_${cy}`) ?? null;
  }

  /* Fetch what a view needs and does not have yet. The map stays usable without it, so a failure only leaves the far view. */
  need(zoom, squares) {
    if (zoom >= COUNTY_ZOOM && zoom < NEAR_ZOOM) {
      this.#once("counties", new URL("./data/counties.json", import.meta.url), (data) => { this.counties = piece(data); });
    }
    if (zoom < NEAR_ZOOM) return;
    for (const [cx, cy] of squares) {
      const key = `${cx}_${cy}`;
      if (cells[key]) this.#once(key, cells[key], (data) => { this.#cells.set(key, piece(data, cx * CELL, cy * CELL)); });
    }
  }

  async #once(key, url, keep) {
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    try {
      keep(await read(url));
      this.#changed();
    } catch (error) {
      this.#asked.delete(key);
      console.error(error);
    }
  }
}
