/** The `theme` option as CSS variables, for both colour schemes. */

const RADII = { pill: [10, 16, 24, 999], round: [8, 12, 16, 20], soft: [5, 7, 9, 10], sharp: [0, 0, 0, 0] }; // pixels
const SPACES = { compact: 3, normal: 4, spacious: 5 }; // pixels

// Lightness of each grey, in percent.
const GREYS = {
  light: {
    background: 100,
    surface: 97.5,
    "surface-2": 94.5,
    border: 89,
    "border-strong": 74,
    text: 11,
    "text-secondary": 34,
    "text-tertiary": 40,
  },
  dark: {
    background: 11,
    surface: 14.5,
    "surface-2": 19,
    border: 24,
    "border-strong": 38,
    text: 94,
    "text-secondary": 74,
    "text-tertiary": 66,
  },
};
const BACKGROUNDS = ["background", "surface", "surface-2", "border"];

const sheet = new CSSStyleSheet();
const fonts = [];
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** Apply a theme to the frame's document. */
export function applyTheme(theme) {
  const { style, dataset } = document.documentElement;
  dataset.scheme = theme.colorScheme;
  dataset.accentLevel = theme.color?.accent?.level ?? 0;
  for (const [name, value] of Object.entries(measuresOf(theme))) {
    if (value === undefined) style.removeProperty(name);
    else style.setProperty(name, value);
  }
  loadFonts(theme.typography?.fontSources ?? []);
  sheet.replaceSync(colorsOf(theme));
  document.adoptedStyleSheets = [sheet];
}

/** Return sizes and fonts as CSS variables; those that the theme does not set are undefined. */
export function measuresOf({ radius, density, typography = {} }) {
  const { baseSize, fontFamily, fontFamilyMono } = typography;
  return {
    ...Object.fromEntries(
      ["s", "m", "l", "full"].map((name, index) => [`--radius-${name}`, `${RADII[radius][index]}px`]),
    ),
    "--space": `${SPACES[density]}px`,
    "--font-size": `${baseSize ?? 16}px`,
    "--font": fontFamily && `${fontFamily}, system-ui, sans-serif`,
    "--font-mono": fontFamilyMono && `${fontFamilyMono}, ui-monospace, monospace`,
  };
}

/** Return the colours of both schemes, as CSS rules for elements with `data-scheme`. */
export function colorsOf({ colorScheme, color = {} }) {
  return ["light", "dark"].map((scheme) => rule(scheme, color, scheme === colorScheme)).join("\n");
}

function rule(scheme, color, chosen) {
  const greys = Object.entries(GREYS[scheme]).map(([name, light]) => [name, grey(name, light, color.grayscale)]);
  const surface =
    chosen && color.surface ? { background: rgb(color.surface.background), text: rgb(color.surface.foreground) } : {};
  const values = { ...Object.fromEntries(greys), ...surface };
  const accent = color.accent ? rgb(color.accent.primary) : values.text;
  Object.assign(values, {
    accent,
    "on-accent": readableOn(accent),
    "accent-text": distinct(accent, values.background),
    "accent-soft": mix(accent, values.background, 0.14),
  });
  const lines = Object.entries(values).map(([name, value]) => `--${name}: rgb(${value.join(" ")});`);
  return `[data-scheme="${scheme}"] { color-scheme: ${scheme}; ${lines.join(" ")} }`;
}

function grey(name, light, { hue = 0, tint = 0, shade = 0 } = {}) {
  const shifted = BACKGROUNDS.includes(name) ? Math.min(100, Math.max(4, light - shade)) : light;
  return rgb(`hsl(${hue} ${tint * 2.5}% ${shifted}%)`);
}

/** Convert any CSS colour to `[red, green, blue]`; black if it is invalid. */
function rgb(color) {
  canvas.fillStyle = "#000";
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

function mix(first, second, share) {
  return first.map((part, index) => Math.round(part * share + second[index] * (1 - share)));
}

function readableOn(color) {
  return contrast(color, [255, 255, 255]) >= contrast(color, [17, 17, 17]) ? [255, 255, 255] : [17, 17, 17];
}

/** Shift a colour away from the background until the contrast is sufficient for text (4.5:1). */
function distinct(color, background) {
  const end = readableOn(background);
  for (let share = 1; share > 0; share -= 0.1) {
    const tried = mix(color, end, share);
    if (contrast(tried, background) >= 4.5) return tried;
  }
  return end;
}

function contrast(first, second) {
  const [dark, light] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color) {
  const [red, green, blue] = color.map((part) =>
    part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function loadFonts(sources) {
  for (const font of fonts.splice(0)) document.fonts.delete(font);
  for (const { family, src, weight, style, display, unicodeRange } of sources) {
    const settings = Object.entries({ weight: weight && String(weight), style, display, unicodeRange }).filter(
      ([, value]) => value,
    );
    const font = new FontFace(family, `url(${JSON.stringify(src)})`, Object.fromEntries(settings));
    document.fonts.add(font);
    fonts.push(font);
  }
}
