/** Bar, line and area charts: an SVG image, and a table for screen readers. */

import { h, svg } from "../dom.js";
import { nextSeriesColor, seriesColor } from "./colors.js";
import { curve, numeric, spans, ticks } from "./plot.js";
import { block, object, objects, oneOf, restyle, text } from "./style.js";

const KINDS = ["bar", "area", "line"];
const USUAL = { width: 480, height: 200 };
const MOST = 1000; // maximum number of rows
const LABEL = 22; // height of the x-axis labels, in pixels

/** Create a chart, drawn at its size on the page. */
export function Chart(widget, context) {
  const picture = svg("svg", { role: "img", class: "w-plot" });
  const stage = h("div", { class: "w-stage" }, picture);
  const legend = h("ul", { class: "w-legend" });
  const table = h("table", { class: "w-hidden" });
  const element = h("figure", { class: "w-chart" }, stage, legend, table);
  let chart;
  const draw = () => chart && paint(picture, chart, stage);
  new ResizeObserver(draw).observe(stage);
  const set = (own) => {
    chart = read(own, context.host.locale);
    const { height, ...rest } = block(own);
    restyle(element, { ...rest, height });
    element.classList.toggle("w-sized", Boolean(height ?? rest["aspect-ratio"]));
    picture.setAttribute("aria-label", describe(chart));
    drawLegend(legend, chart);
    drawTable(table, chart);
    draw();
  };
  return { element, set };
}

function read(own, locale) {
  const axis = typeof own.xAxis === "string" ? { dataKey: own.xAxis } : object(own.xAxis);
  const rows = objects(own.data).slice(0, MOST);
  const series = objects(own.series).map((one, place) => ({
    type: oneOf(one.type, KINDS, "bar"), dataKey: text(one.dataKey), label: text(one.label) || text(one.dataKey),
    stack: one.stack, curveType: typeof one.curveType === "string" ? one.curveType : undefined,
    color: seriesColor(one.color) ?? nextSeriesColor(place),
  }));
  return {
    rows, series, spans: spans(rows, series), names: rows.map((row) => named(row, axis)), axisName: text(axis.dataKey),
    hideX: axis.hide === true, showY: own.showYAxis === true, tooltip: own.showTooltip !== false,
    legend: typeof own.showLegend === "boolean" ? own.showLegend : series.length > 1,
    barGap: numeric(own.barGap ?? 3), groupGap: own.barCategoryGap == null ? undefined : numeric(own.barCategoryGap),
    format: formatter(locale),
  };
}

function named(row, { dataKey, labels }) {
  const value = text(row[dataKey]);
  return Object.hasOwn(object(labels), value) ? text(labels[value]) : value;
}

function formatter(locale) {
  const options = { notation: "compact", maximumFractionDigits: 2 };
  try {
    return new Intl.NumberFormat(locale, options);
  } catch {
    return new Intl.NumberFormat("en", options);
  }
}

function describe({ series, names, axisName }) {
  const kinds = [...new Set(series.map(({ type }) => type))].join(" and ") || "empty";
  const what = series.map(({ label }) => label).join(", ");
  const kind = kinds[0].toUpperCase() + kinds.slice(1);
  return `${kind} chart${what ? `: ${what}` : ""}${axisName ? ` by ${axisName}` : ""}, ${names.length} values`;
}

function drawLegend(legend, chart) {
  legend.hidden = !chart.legend;
  legend.replaceChildren(...chart.series.map(({ label, color }) => (
    h("li", {}, h("span", { class: "w-swatch", style: { "background-color": color } }), label)
  )));
}

function drawTable(table, { rows, series, names, axisName }) {
  const head = h("tr", {}, h("th", { scope: "col" }, axisName || "Name"), ...series.map(({ label }) => (
    h("th", { scope: "col" }, label)
  )));
  const lines = rows.map((row, place) => h(
    "tr", {}, h("th", { scope: "row" }, names[place]), ...series.map(({ dataKey }) => h("td", {}, text(row[dataKey]))),
  ));
  table.replaceChildren(h("thead", {}, head), h("tbody", {}, ...lines));
}

function paint(picture, chart, stage) {
  const width = stage.clientWidth || USUAL.width;
  const height = stage.clientHeight || USUAL.height;
  const values = chart.spans.flat(2);
  const marks = ticks(Math.min(0, ...values), Math.max(0, ...values));
  const left = chart.showY ? 12 + 7 * Math.max(...marks.map((mark) => chart.format.format(mark).length)) : 2;
  const bottom = height - (chart.hideX ? 4 : LABEL);
  const [low, high] = [marks[0], marks.at(-1)];
  const scale = {
    left, right: width - 4, bottom, step: (width - 4 - left) / Math.max(1, chart.rows.length),
    y: (value) => bottom - ((value - low) / (high - low)) * (bottom - 8),
  };
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.replaceChildren(
    ...grid(marks, chart, scale), ...areas(chart, scale), ...bars(chart, scale), ...lines(chart, scale),
    ...(chart.hideX ? [] : axis(chart, scale)),
  );
}

function grid(marks, { showY, format }, { left, right, y }) {
  return marks.flatMap((mark) => [
    svg("line", { class: mark === 0 ? "w-zero" : "w-grid", x1: left, x2: right, y1: y(mark), y2: y(mark) }),
    ...(showY ? [svg("text", { x: left - 8, y: y(mark) + 4, "text-anchor": "end" }, format.format(mark))] : []),
  ]);
}

// Skips names that would overlap.
function axis({ names }, { left, step, bottom }) {
  const longest = Math.max(...names.map((name) => Math.min(name.length, 14))) * 6.5 + 8;
  const every = Math.max(1, Math.ceil(longest / step));
  return names.map((name, place) => place % every === 0 && svg(
    "text", { "x": left + (place + 0.5) * step, "y": bottom + 16, "text-anchor": "middle" },
    name.length > 14 ? `${name.slice(0, 13)}…` : name,
  )).filter(Boolean);
}

function bars(chart, { left, step, y }) {
  const places = new Map(); // stack or series: index of its bar within the group
  chart.series.forEach(({ type, stack }, index) => {
    const key = stack ?? index;
    if (type === "bar" && !places.has(key)) places.set(key, places.size);
  });
  const room = Math.max(2, step - (chart.groupGap ?? step * 0.3));
  const width = Math.min(56, Math.max(1, (room - chart.barGap * (places.size - 1)) / Math.max(1, places.size)));
  const taken = width * places.size + chart.barGap * (places.size - 1);
  const corner = (stack) => (stack == null ? Math.min(4, width / 4) : 1);
  return each(chart, "bar", ({ stack, color }, index) => chart.spans[index].map(([from, to], row) => {
    const x = left + (row + 0.5) * step - taken / 2 + places.get(stack ?? index) * (width + chart.barGap);
    const size = { x, width, y: Math.min(y(from), y(to)), height: Math.abs(y(from) - y(to)) };
    return svg("rect", { ...size, rx: corner(stack), style: { fill: color } }, ...tip(chart, index, row));
  }));
}

function areas(chart, scale) {
  return each(chart, "area", ({ color, curveType }, index) => {
    const upper = curve(points(chart, index, scale, 1), curveType);
    const lower = curve(points(chart, index, scale, 0).reverse(), curveType).replace("M", "L");
    return [svg("path", { class: "w-area", d: upper && `${upper}${lower}Z`, style: { fill: color } })];
  });
}

function lines(chart, scale) {
  return [...each(chart, "area", line), ...each(chart, "line", line)];

  function line({ color, curveType }, index) {
    const tops = points(chart, index, scale, 1);
    return [
      svg("path", { class: "w-line", d: curve(tops, curveType), style: { stroke: color } }),
      ...tops.map(([cx, cy], row) => (
        svg("circle", { cx, cy, r: tops.length > 24 ? 2 : 3.5, style: { fill: color } }, ...tip(chart, index, row))
      )),
    ];
  }
}

function points({ spans: all }, index, { left, step, y }, end) {
  return all[index].map((span, row) => [left + (row + 0.5) * step, y(span[end])]);
}

function each({ series }, type, shapes) {
  return series.flatMap((one, index) => (one.type === type ? shapes(one, index) : []));
}

function tip({ tooltip, names, series, rows }, index, row) {
  const { label, dataKey } = series[index];
  return tooltip ? [svg("title", {}, `${names[row]}: ${label} ${text(rows[row][dataKey])}`)] : [];
}
