/* How streets look: what of a vector tile is painted and named, in our colours. Tiles are laid out as Protomaps does. */

const POLYGON = 3;
const LINE = 2;
const POINT = 1;
const GREEN = new Set(["park", "national_park", "nature_reserve", "protected_area", "forest", "wood", "grass", "grassland", "meadow",
  "scrub", "garden", "golf_course", "cemetery", "village_green", "playground", "recreation_ground", "zoo"]);
const WATERS = new Set(["ocean", "sea", "bay", "strait", "fjord", "lake", "water", "reservoir"]);

/* A road gets wider as the view comes nearer: [zoom, pixels] at both ends, nothing before the first. */
const widening = ([from, thin], [to, thick]) => (zoom) => {
  if (zoom < from) return 0;
  return thin * (thick / thin) ** (Math.min(1, (zoom - from) / (to - from)));
};

const ROADS = [
  { kinds: ["path", "other"], role: "street", from: 14, wide: widening([14, 0.5], [17, 2]), edge: 0 },
  { kinds: ["minor_road"], role: "street", from: 12, wide: widening([12, 0.6], [17, 9]), edge: 1 },
  { kinds: ["medium_road", "major_road"], role: "road", from: 8, wide: widening([8, 0.6], [17, 13]), edge: 1.4 },
  { kinds: ["highway"], role: "highway", from: 5, wide: widening([5, 0.8], [17, 16]), edge: 1.6 },
];

export const paintRules = ({ PolygonSymbolizer, LineSymbolizer }, colours) => {
  const fill = (dataLayer, colour, filter = () => true, minzoom = 0) => ({
    dataLayer, minzoom, symbolizer: new PolygonSymbolizer({ fill: colour }), filter: (zoom, it) => it.geomType === POLYGON && filter(it.props, zoom),
  });
  const line = (dataLayer, colour, width, filter, { minzoom = 0, dash } = {}) => ({
    dataLayer, minzoom, filter: (zoom, it) => it.geomType === LINE && filter(it.props, zoom),
    symbolizer: new LineSymbolizer({ color: colour, width, lineCap: dash ? "butt" : "round", lineJoin: "round", ...(dash && { dash, dashColor: colour, dashWidth: width }) }),
  });
  const road = ({ kinds, from }) => ({ kind }, zoom) => kinds.includes(kind) && zoom >= from;
  return [
    fill("earth", colours.land),
    fill("landuse", colours.green, ({ kind }) => GREEN.has(kind), 8),
    fill("landuse", colours.care, ({ kind }) => kind === "hospital", 12),
    fill("water", colours.water),
    line("water", colours.water, widening([9, 0.6], [17, 6]), ({ kind }) => kind === "river" || kind === "canal", { minzoom: 9 }),
    fill("buildings", colours.built, () => true, 15),
    line("roads", colours.rail, widening([11, 0.5], [17, 1.5]), ({ kind }) => kind === "rail", { minzoom: 11 }),
    ...ROADS.filter(({ edge }) => edge).map((each) => line("roads", colours.edge, (zoom) => each.wide(zoom) + (zoom >= each.from + 1 ? each.edge : 0), road(each))),
    ...ROADS.map((each) => line("roads", colours[each.role], each.wide, road(each))),
    line("boundaries", colours.county, 1, ({ kind }) => kind === "county", { minzoom: 8 }),
    line("boundaries", colours.state, 1.2, ({ kind }) => kind === "region" || kind === "country"),
  ];
};

/* `language` is the reader's; `without` is the name of the searched town, which the map writes itself. */
export const nameRules = ({ CenteredTextSymbolizer, LineLabelSymbolizer }, colours, { language, without }) => {
  const labelProps = [`name:${language}`, "name"];
  const halo = { stroke: colours.halo, width: 1.75 };
  const font = (size, weight = 400, slope = "") => `${slope} ${weight} ${size}px ${colours.font}`;
  const rank = ({ population_rank: people = 0 }) => Number(people);
  const text = (dataLayer, more, filter, minzoom = 0, maxzoom = 0) => ({
    dataLayer, minzoom, ...(maxzoom && { maxzoom }), sort: (a, b) => rank(b) - rank(a),
    symbolizer: new CenteredTextSymbolizer({ labelProps, lineHeight: 1.4, ...halo, ...more }), filter: (zoom, it) => it.geomType === POINT && filter(it.props, zoom),
  });
  const along = (kinds, minzoom) => ({
    dataLayer: "roads", minzoom, filter: (zoom, { geomType, props }) => geomType === LINE && kinds.includes(props.kind),
    symbolizer: new LineLabelSymbolizer({ labelProps, fill: colours.name, font: font(12), stroke: colours.halo, width: 3.5, position: 2, repeatDistance: 400 }),
  });
  return [
    text("places", {
      fill: colours.name,
      font: (zoom, it) => font(Math.min(17, 11 + rank(it?.props ?? {}) / 3 + Math.max(0, zoom - 9) * 0.3), rank(it?.props ?? {}) >= 9 ? 600 : 400),
    }, ({ kind, name }) => kind === "locality" && name !== without),
    text("places", { fill: colours.quiet, font: font(12, 600), textTransform: "uppercase", letterSpacing: 1 }, ({ kind }) => kind === "region", 0, 8),
    text("places", { fill: colours.quiet, font: font(12, 600) }, ({ kind }) => kind === "neighbourhood" || kind === "macrohood", 13),
    text("water", { fill: colours.sea, font: font(12, 400, "italic") }, ({ kind }) => WATERS.has(kind)),
    along(["highway", "major_road", "medium_road"], 13),
    along(["minor_road"], 15),
  ];
};
