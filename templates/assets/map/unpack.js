/* Reads the lines that scripts/map_pack.py packed. */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Uint8Array(128);
for (let i = 0; i < LETTERS.length; i += 1) VALUES[LETTERS.charCodeAt(i)] = i;

/* The path of packed lines, in steps, measured from (left, top). */
export const unpack = (text, { closed = false, left = 0, top = 0 } = {}) => {
  const path = new Path2D();
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 5) {
      const letter = VALUES[text.charCodeAt(at)];
      at += 1;
      value += (letter & 31) * 2 ** shift;
      if (letter < 32) return value;
    }
  };
  const step = () => {
    const value = number();
    return value & 1 ? -(value + 1) / 2 : value / 2;
  };
  let x = -left;
  let y = -top;
  while (at < text.length) {
    for (let left = number(), first = true; left > 0; left -= 1, first = false) {
      x += step();
      y += step();
      if (first) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
    if (closed) path.closePath();
  }
  return path;
};
