/** Converts colours to CSS: ChatKit's tokens, a computed palette, CSS colours and `{light, dark}` pairs of them. */

const TEXT = {
  prose: "--text", primary: "--text", emphasis: "--text", secondary: "--text-secondary", tertiary: "--text-tertiary",
  success: "--success", warning: "--warning", caution: "--warning", danger: "--danger", info: "--info",
  discovery: "--discovery",
};
const SURFACE = {
  "surface": "--w-surface", "surface-secondary": "--w-surface-secondary", "surface-tertiary": "--w-surface-tertiary",
  "surface-elevated": "--w-surface", "surface-elevated-secondary": "--w-surface-secondary",
};
const TONES = Object.fromEntries(
  ["success", "warning", "danger", "info", "discovery"].map((name) => [name, `--${name}-soft`]),
);
const BORDER = { default: "--border", subtle: "--w-border-subtle", strong: "--border-strong" };
const SERIES = { blue: 500, purple: 500, orange: 500, green: 500, red: 500, yellow: 400, pink: 400 };
// Hue and maximum chroma in OKLCH.
const HUES = {
  gray: [265, 0.006], red: [25, 0.2], orange: [48, 0.17], yellow: [88, 0.15], green: [152, 0.15], blue: [255, 0.19],
  purple: [300, 0.2], pink: [350, 0.19],
};
const LIGHTNESS = {
  25: 0.988, 50: 0.973, 75: 0.957, 100: 0.937, 200: 0.888, 300: 0.822, 400: 0.74, 500: 0.65, 600: 0.57, 700: 0.49,
  800: 0.41, 900: 0.33, 950: 0.26, 1000: 0.2,
};

/** Return the CSS colour of a text or icon, or undefined. */
export function textColor(value) {
  return color(value, TEXT);
}

/** Return the CSS colour of a background, or undefined. */
export function surfaceColor(value) {
  return color(value, { ...TONES, ...SURFACE });
}

/** Return the CSS colour of a border, or undefined. */
export function borderColor(value) {
  return color(value, { ...TEXT, ...BORDER });
}

/** Return the CSS colour of a chart series, or undefined; hue names are allowed too. */
export function seriesColor(value) {
  return color(Object.hasOwn(SERIES, value) ? `${value}-${SERIES[value]}` : value, TEXT);
}

/** Return the default colour of the series at an index. */
export function nextSeriesColor(place) {
  const names = Object.keys(SERIES);
  return seriesColor(names[place % names.length]);
}

function color(value, tokens) {
  if (value && typeof value === "object") return pair(single(value.light, tokens), single(value.dark, tokens));
  return single(value, tokens);
}

function single(value, tokens) {
  if (typeof value !== "string") return undefined;
  if (Object.hasOwn(tokens, value)) return `var(${tokens[value]})`;
  return fromPalette(value) ?? (isColor(value) ? value : undefined);
}

// CSS.supports accepts any `var(--any, url(…))`, and a `fill` could then load a URL.
function isColor(value) {
  return CSS.supports("color", value) && !/(var|env|attr|url|image|if)\s*\(/i.test(value);
}

function pair(light, dark) {
  return light && dark ? `light-dark(${light}, ${dark})` : light ?? dark;
}

function fromPalette(value) {
  const [, hue, shade] = /^([a-z]+)-(\d+)$/.exec(value) ?? [];
  if (!Object.hasOwn(HUES, hue) || !Object.hasOwn(LIGHTNESS, shade)) return undefined;
  const [angle, chroma] = HUES[hue];
  const lightness = LIGHTNESS[shade];
  const strength = Math.min(1, (1 - lightness) / 0.35, lightness / 0.5); // light and dark shades have less chroma
  return `oklch(${lightness} ${(chroma * strength).toFixed(4)} ${angle})`;
}
