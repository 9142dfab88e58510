/* Names on the map: the more people the sooner, and never one over another. */

import { NEAR_ZOOM } from "./atlas.js";

const LEAST_PEOPLE = [[4, 900], [5, 400], [6, 150], [7, 60], [8, 25], [9, 8], [10, 3], [11, 1]]; // thousands, up to that zoom

const ROOM_FOR_A_SMALL_TOWN = 42_000; // square pixels: where the country is empty, smaller towns are named too

const leastPeople = (zoom) => (LEAST_PEOPLE.find(([upTo]) => zoom < upTo) ?? [0, 0])[1];

class Room {
  #taken = [];

  take(x0, y0, x1, y1) {
    this.#taken.push([x0, y0, x1, y1]);
  }

  free(x0, y0, x1, y1) {
    return !this.#taken.some(([a, b, c, d]) => x0 < c && x1 > a && y0 < d && y1 > b);
  }
}

/* `pen` draws in CSS pixels; `at` turns map units into them; `taken` are boxes that must stay clear (the pins); `seen` is
   the part of the canvas that is in view now. */
export const writeNames = (pen, { zoom, towns, counties, states, waters, at, taken, colours, font, place, width, height, seen }) => {
  const room = new Room();
  for (const box of taken) room.take(...box);

  const write = (text, x, y, { size, weight = 400, colour, spacing = 0, slope = "", beside = 0, gap = 6, stray = 1, within = null }) => {
    if (x < -80 || y < -20 || x > width + 80 || y > height + 20) return false;
    pen.font = `${slope} ${weight} ${size}px ${font}`;
    if ("letterSpacing" in pen) pen.letterSpacing = `${spacing}px`;
    const wide = pen.measureText(text).width;
    const spots = beside ? [[beside, 0], [-beside - wide, 0]] : [[-wide / 2, 0]];
    for (let off = 1; beside && off <= stray; off += 0.5) {
      for (const dy of [off, -off]) spots.push([-wide / 2, dy * size], [beside, dy * size], [-beside - wide, dy * size]);
    }
    for (const [dx, dy] of spots) {
      const box = [x + dx - gap, y + dy - size / 2 - gap / 2, x + dx + wide + gap, y + dy + size / 2 + gap / 2];
      if (!room.free(...box)) continue;
      if (within && (box[0] < within[0] || box[1] < within[1] || box[2] > within[2] || box[3] > within[3])) continue;
      room.take(...box);
      pen.lineWidth = 3.5;
      pen.strokeStyle = colours.halo;
      pen.fillStyle = colour;
      pen.strokeText(text, x + dx, y + dy);
      pen.fillText(text, x + dx, y + dy);
      return true;
    }
    return false;
  };

  pen.textBaseline = "middle";
  pen.lineJoin = "round";

  if (place) {
    const [x, y] = at(place);
    room.take(x - 9, y - 9, x + 9, y + 9);
    write(place.name, ...at(place), { size: 15, weight: 650, colour: colours.accent, beside: 14, gap: 2, stray: 3, within: seen });
  }
  if (zoom >= 4 && zoom < 8) {
    for (const state of states) {
      write(state.text.toUpperCase(), ...at(state), { size: zoom < 6 ? 10 : 12, weight: 600, colour: colours.quiet, spacing: zoom < 6 ? 1 : 2.5, gap: 2 });
    }
  }
  const least = leastPeople(zoom);
  const near = zoom >= NEAR_ZOOM;
  let open = Math.round((width * height) / ROOM_FOR_A_SMALL_TOWN);
  for (const town of towns) {
    if (town.people < least && open <= 0) break;
    const [x, y] = at(town);
    if (place && town.text === place.town && Math.hypot(x - at(place)[0], y - at(place)[1]) < 60) continue;
    const done = write(town.text, x, y, {
      size: Math.min(16, 11 + Math.log10(Math.max(1, town.people)) * 1.1 + (zoom - 8) * 0.35),
      weight: town.people >= Math.max(50, least * 10) ? 600 : 400,
      colour: colours.name,
      beside: near ? 0 : 6,
      gap: near ? 10 : 7,
    });
    if (done) open -= 1;
    if (done && !near) {
      pen.beginPath();
      pen.arc(x, y, 2, 0, Math.PI * 2);
      pen.fillStyle = colours.quiet;
      pen.fill();
    }
  }
  if (zoom >= 8.5) {
    for (const county of counties) {
      write(county.text.toUpperCase(), ...at(county), { size: 10.5, weight: 600, colour: colours.quiet, spacing: 2, gap: 14 });
    }
  }
  if (zoom < 9) {
    for (const water of waters) {
      write(water.text, ...at(water), { size: 13, colour: colours.sea, slope: "italic", spacing: 0.6 });
    }
  }
  if ("letterSpacing" in pen) pen.letterSpacing = "0px";
};
