/** The geometry of charts: scales, stacks and curves. */

/** Return round tick values that span `low` to `high`. */
export function ticks(low, high) {
  const span = high - low || 1;
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.ceil((high || (low < 0 ? 0 : 1)) / step);
  return Array.from({ length: last - first + 1 }, (_, place) => (first + place) * step);
}

/** Return `[from, to]` per series and row; the series of a stack are placed on top of each other. */
export function spans(rows, series) {
  const tops = new Map();
  return series.map(({ dataKey, stack, type }) => rows.map((row, place) => {
    const value = numeric(row[dataKey]);
    if (typeof stack !== "string" || type === "line") return [0, value];
    const key = JSON.stringify([type, stack, place, value < 0]);
    const from = tops.get(key) ?? 0;
    tops.set(key, from + value);
    return [from, from + value];
  }));
}

/** Convert a value to a number; 0 if it is not one. */
export function numeric(value) {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return Number.isFinite(number) ? number : 0;
}

/** Return an SVG path through points `[x, y]` for a curve type. */
export function curve(points, type = "monotone") {
  if (points.length === 0) return "";
  const steps = points.slice(1).map((point, place) => segment(type, points, place, point));
  return [`M${points[0]}`, ...steps, /Closed$/.test(type) ? "Z" : ""].join("");
}

function segment(type, points, place, [x, y]) {
  const [fromX, fromY] = points[place];
  const middle = (fromX + x) / 2;
  if (type.startsWith("linear")) return `L${[x, y]}`;
  if (type === "step") return `H${middle}V${y}H${x}`;
  if (type === "stepBefore") return `V${y}H${x}`;
  if (type === "stepAfter") return `H${x}V${y}`;
  if (type.startsWith("bump")) return `C${[middle, fromY, middle, y, x, y]}`;
  const third = (x - fromX) / 3;
  const [out, into] = [slope(points, place), slope(points, place + 1)];
  return `C${[fromX + third, fromY + third * out, x - third, y - third * into, x, y]}`;
}

// Monotone interpolation: the curve adds no extremes that are not in the data (Fritsch and Carlson).
function slope(points, place) {
  const before = incline(points[place - 1], points[place]);
  const after = incline(points[place], points[place + 1]);
  if (before === undefined || after === undefined) return before ?? after ?? 0;
  if (before * after <= 0) return 0;
  return Math.sign(before) * Math.min(Math.abs(before + after) / 2, 2 * Math.abs(before), 2 * Math.abs(after));
}

function incline(one, other) {
  return one && other ? (other[1] - one[1]) / (other[0] - one[0] || 1) : undefined;
}
