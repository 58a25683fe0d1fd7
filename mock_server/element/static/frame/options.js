/** The options: validation and defaults (documented). */

const text = expect("string", (value) => typeof value === "string");
const flag = expect("boolean", (value) => typeof value === "boolean");
const number = expect("number", (value) => typeof value === "number" && Number.isFinite(value));
const action = expect("function", (value) => typeof value === "function");
const record = expect("object", (value) => typeof value === "object" && value !== null && !Array.isArray(value));
const threadId = expect("string or null", (value) => value === null || typeof value === "string");
const size = expect("number or object", (value) => typeof value === "number" || record(value) === undefined);
const prompt = expect("string or array", (value) => typeof value === "string" || Array.isArray(value));

const tool = {
  id: required(text),
  label: required(text),
  icon: required(text),
  shortLabel: text,
  placeholderOverride: text,
  pinned: flag,
  persistent: flag,
};
const model = { id: required(text), label: required(text), description: text, disabled: flag, default: flag };
const headerAction = { icon: required(text), onClick: required(action) };
const font = {
  family: required(text),
  src: required(text),
  weight: expect("string or number", (value) => /^(string|number)$/.test(typeof value)),
  style: among("normal", "italic", "oblique"),
  display: among("auto", "block", "swap", "fallback", "optional"),
  unicodeRange: text,
};

/** A check for each option, nested like `ChatKitOptions`. */
export const OPTIONS = {
  api: {
    getClientSecret: action,
    url: text,
    fetch: action,
    domainKey: text,
    uploadStrategy: { type: required(among("two_phase", "direct")), uploadUrl: text },
  },
  locale: text,
  theme: {
    colorScheme: among("light", "dark"),
    typography: {
      baseSize: among(14, 15, 16, 17, 18),
      fontSources: list(font),
      fontFamily: text,
      fontFamilyMono: text,
    },
    radius: among("pill", "round", "soft", "sharp"),
    density: among("compact", "normal", "spacious"),
    color: {
      grayscale: {
        hue: required(number),
        tint: required(among(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)),
        shade: among(-4, -3, -2, -1, 0, 1, 2, 3, 4),
      },
      accent: { primary: required(text), level: required(among(0, 1, 2, 3)) },
      surface: { background: required(text), foreground: required(text) },
    },
  },
  frameTitle: text,
  initialThread: threadId,
  onClientTool: action,
  header: { enabled: flag, title: { enabled: flag, text }, leftAction: headerAction, rightAction: headerAction },
  history: { enabled: flag, showDelete: flag, showRename: flag },
  startScreen: { greeting: text, prompts: list({ label: required(text), prompt: required(prompt), icon: text }) },
  threadItemActions: { feedback: flag, retry: flag },
  composer: {
    placeholder: text,
    attachments: { enabled: required(flag), maxSize: size, maxCount: number, accept: record },
    tools: list(tool),
    models: list(model),
    dictation: { enabled: required(flag) },
  },
  disclaimer: { text: required(text), highContrast: flag },
  entities: { onTagSearch: action, showComposerMenu: flag, onClick: action, onRequestPreview: action },
  commands: { enabled: required(flag), onSearch: action, onSelect: action },
  widgets: { onAction: action },
  thread: { autoScroll: flag },
};

/** Thrown for invalid options; the wording is the real element's where it is known. */
export class InvalidFrameParamsError extends Error {
  constructor(issues) {
    super(`Invalid frame params: ChatKit.create():\n${issues.map(told).join("\n")}`);
    this.name = "InvalidFrameParamsError";
  }
}

/** Validate options and add all defaults. Throws InvalidFrameParamsError. */
export function resolved(given) {
  const options = typeof given?.theme === "string" ? { ...given, theme: { colorScheme: given.theme } } : given;
  const issues = check(options, OPTIONS, "");
  if (!issues.some(({ at }) => at === "api" || at === "")) issues.push(...checkApi(options.api));
  if (issues.length) throw new InvalidFrameParamsError(issues);
  return withDefaults(options);
}

function withDefaults({ api, locale, theme, header, history, startScreen, threadItemActions, composer, ...rest }) {
  return {
    frameTitle: "Chat",
    initialThread: null,
    disclaimer: null,
    entities: {},
    commands: { enabled: false },
    widgets: {},
    thread: { autoScroll: false },
    ...defined(rest),
    api,
    locale: supported(locale ?? navigator.language),
    theme: { colorScheme: "light", radius: "pill", density: "normal", ...defined(theme) },
    header: { enabled: true, ...defined(header), title: { enabled: true, ...defined(header?.title) } },
    history: { enabled: true, showDelete: true, showRename: true, ...defined(history) },
    startScreen: { greeting: "What can I help with today?", prompts: [], ...defined(startScreen) },
    threadItemActions: { feedback: false, retry: false, ...defined(threadItemActions) },
    composer: {
      placeholder: "Message the AI",
      tools: [],
      models: [],
      ...defined(composer),
      attachments: { enabled: false, maxSize: 100 * 1024 * 1024, maxCount: 10, ...defined(composer?.attachments) },
      dictation: { enabled: false, ...defined(composer?.dictation) },
    },
  };
}

/** Check that `api` is either hosted or custom, not a mixture: the only error of the real element that is known. */
function checkApi(api) {
  const hosted =
    api?.getClientSecret && !("url" in api || "domainKey" in api || "uploadStrategy" in api || "fetch" in api);
  const custom = api?.url !== undefined && api.domainKey !== undefined && !("getClientSecret" in api);
  const whole = api?.uploadStrategy?.type !== "direct" || api.uploadStrategy.uploadUrl;
  return (hosted || custom) && whole ? [] : [{ at: "api", words: "Invalid input" }];
}

function check(value, expected, at) {
  if (typeof expected === "function") {
    const words = expected(value);
    return words ? [{ at, words }] : [];
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(value)) return [{ at, words: `Invalid input: expected array, received ${kindOf(value)}` }];
    return value.flatMap((each, index) => check(each, expected[0], `${at}[${index}]`));
  }
  if (record(value)) return [{ at, words: record(value) }];
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(expected, key));
  return [
    ...(unknown.length
      ? [
          {
            at,
            words: `Unrecognized key${unknown.length > 1 ? "s" : ""}: ${unknown.map((key) => `"${key}"`).join(", ")}`,
          },
        ]
      : []),
    ...Object.entries(expected).flatMap(([key, each]) => {
      if (value[key] === undefined && !each.required) return [];
      return check(value[key], each, at ? `${at}.${key}` : key);
    }),
  ];
}

function expect(kind, fits) {
  return (value) => (fits(value) ? undefined : `Invalid input: expected ${kind}, received ${kindOf(value)}`);
}

function among(...values) {
  const words = values.map((value) => JSON.stringify(value)).join("|");
  return (value) => (values.includes(value) ? undefined : `Invalid option: expected one of ${words}`);
}

function required(expected) {
  return Object.assign((value) => expected(value), { required: true });
}

function list(expected) {
  return [expected];
}

function kindOf(value) {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function defined(value) {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, each]) => each !== undefined));
}

function supported(locale) {
  try {
    return new Intl.Locale(locale).toString();
  } catch {
    return "en";
  }
}

function told({ at, words }) {
  return at ? `✖ ${words}\n  → at ${at}` : `✖ ${words}`;
}
