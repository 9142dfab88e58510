/* Streets from the operator's own file of tiles, between the drawn land and the pins. Where the file has nothing, or does
   not come, the land beneath stays to be seen. */

import "../vendor/leaflet/leaflet.js";
import { Mark, coloursOf } from "./land.js";
import { nameRules, paintRules } from "./streets.js";

const L = globalThis.L;
const STYLE = new URL("./tiles.css", import.meta.url);
const STREETS = new URL("../vendor/protomaps/protomaps-leaflet.js", import.meta.url);
const PICTURES = new URL("../vendor/protomaps/pmtiles.js", import.meta.url);
const ROLES = ["land", "water", "state", "county", "name", "quiet", "sea", "halo", "green", "care", "built", "edge", "street", "road", "highway", "rail"];

const fetched = (element, from) => new Promise((done, fail) => {
  const made = Object.assign(document.createElement(element), from);
  made.addEventListener("load", done);
  made.addEventListener("error", () => fail(new Error("What draws the streets could not be loaded.")));
  document.head.append(made);
});

const Pictures = L.GridLayer.extend({
  createTile({ x, y, z }, done) {
    const tile = document.createElement("canvas");
    this.options.archive.getZxy(z, x, y).then(async (found) => {
      if (found) {
        const picture = await createImageBitmap(new Blob([found.data]));
        [tile.width, tile.height] = [picture.width, picture.height];
        tile.getContext("2d").drawImage(picture, 0, 0);
      }
      done(null, tile);
    }).catch((error) => done(error, tile));
    return tile;
  },
});

export class Tiles {
  /* `data` is what the page says of the file: tiles (its address), tilesKind, tilesZooms, tilesBounds. */
  static async over(map, data) {
    const vector = data.tilesKind === "vector";
    await Promise.all([fetched("link", { rel: "stylesheet", href: STYLE }), fetched("script", { src: vector ? STREETS : PICTURES })]);
    return new Tiles(map, data, vector);
  }

  constructor(map, { tiles: url, tilesZooms, tilesBounds }, vector) {
    const [least, most] = tilesZooms.split(" ").map(Number);
    const [west, south, east, north] = tilesBounds.split(" ").map(Number);
    const options = { pane: "tiles", bounds: [[south, west], [north, east]], updateWhenZooming: false, attribution: "" };
    this.map = map;
    this.town = null;
    map.createPane("tiles");
    map.createPane("mark");
    if (vector) {
      this.library = globalThis.protomapsL;
      this.streets = this.library.leafletLayer({ ...options, ...this.rules(), url, maxDataZoom: most, minZoom: least, lang: document.documentElement.lang });
    } else {
      const archive = new globalThis.pmtiles.PMTiles(url);
      this.pictures = new Pictures({ ...options, archive, className: "map-pictures", minZoom: least, maxNativeZoom: most });
    }
    (this.streets ?? this.pictures).addTo(map);
    this.mark = new Mark(null).addTo(map);
  }

  rules() {
    const colours = coloursOf(this.map.getContainer(), ROLES);
    const { lang } = document.documentElement;
    return { paintRules: paintRules(this.library, colours), labelRules: nameRules(this.library, colours, { language: lang, without: this.town }) };
  }

  /* The searched place lies above the streets; its town's name is written once. */
  setPlace(place) {
    this.mark.setPlace(place);
    const town = place?.radius ? place.town : null;
    if (town === this.town) return;
    this.town = town;
    this.repaint();
  }

  repaint() {
    this.mark.repaint();
    if (!this.streets) return;
    Object.assign(this.streets, this.rules());
    this.streets.clearLayout();
    this.streets.rerenderTiles();
  }
}
