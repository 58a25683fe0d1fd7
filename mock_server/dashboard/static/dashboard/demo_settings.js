/** The settings of a session: in the URL, in the form, and as the request that creates it. */

import { choice, field, h, toggle } from "./ui.js";

/** The defaults of a session (documented), as form values. */
export const DEFAULTS = {
  workflow: "",
  version: "",
  user: "ada",
  expires: "600",
  requests: "10",
  uploads: false,
  max_files: "10",
  max_size: "512",
  history: true,
  recent: "",
  titles: true,
  tracing: true,
  state: "",
};
const MORE = ["version", "uploads", "max_files", "max_size", "history", "recent", "titles", "tracing", "state"];
const OTHER = "*"; // not a possible workflow id

/** Read settings from a URL query; missing ones get their default. */
export function settingsIn(query) {
  const read = (name, usual) => {
    const given = query.get(name);
    if (given === null) return usual;
    return typeof usual === "boolean" ? given === "on" : given;
  };
  return Object.fromEntries(Object.entries(DEFAULTS).map(([name, usual]) => [name, read(name, usual)]));
}

/** Return the query entries for settings, null for defaults. */
export function queryOf(settings) {
  const said = (value) => (typeof value === "boolean" ? (value ? "on" : "off") : value);
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, value === DEFAULTS[name] ? null : said(value)]),
  );
}

/** Return the settings of a SessionDetail. */
export function settingsOf({ user, workflow, settings }) {
  const text = (value, usual) => (value == null ? usual : String(value));
  return {
    workflow,
    version: settings.version ?? "",
    user,
    expires: text(settings.expires_after_seconds, DEFAULTS.expires),
    requests: text(settings.max_requests_per_1_minute, DEFAULTS.requests),
    uploads: settings.file_upload,
    max_files: text(settings.max_files, DEFAULTS.max_files),
    max_size: text(settings.max_file_size, DEFAULTS.max_size),
    history: settings.history,
    recent: text(settings.recent_threads, ""),
    titles: settings.automatic_thread_titling,
    tracing: settings.tracing,
    state: settings.state_variables ? JSON.stringify(settings.state_variables) : "",
  };
}

/** Return the request body that creates such a session, without defaults. Values are validated by the emulator. */
export function requestOf(settings) {
  const differs = (name) => settings[name] !== DEFAULTS[name] && settings[name] !== "";
  const number = (name) => (differs(name) ? parsed(settings[name]) : undefined);
  const workflow = {
    id: settings.workflow,
    version: settings.version || undefined,
    state_variables: settings.state.trim() ? parsed(settings.state) : undefined,
    tracing: settings.tracing ? undefined : { enabled: false },
  };
  const uploads = { max_file_size: number("max_size"), max_files: number("max_files") };
  const configuration = {
    automatic_thread_titling: settings.titles ? undefined : { enabled: false },
    file_upload: filled({ enabled: settings.uploads || undefined, ...uploads }),
    history: filled({ enabled: settings.history ? undefined : false, recent_threads: number("recent") }),
  };
  const limit = number("requests");
  return filled({
    user: settings.user || DEFAULTS.user,
    workflow: filled(workflow),
    expires_after: differs("expires") ? { anchor: "created_at", seconds: number("expires") } : undefined,
    rate_limits: limit === undefined ? undefined : { max_requests_per_1_minute: limit },
    chatkit_configuration: filled(configuration),
  });
}

/** Return the object without undefined values, or undefined if none are left. */
function filled(parts) {
  const set = Object.entries(parts).filter(([, value]) => value !== undefined);
  return set.length ? Object.fromEntries(set) : undefined;
}

/** Parse JSON; return invalid text unchanged, so that the emulator rejects it with its own error. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The settings form; it calls `apply(settings)` on submit. */
export class SettingsForm {
  constructor(apply) {
    this.description = h("small", {});
    this.workflows = h("div", {});
    this.other = h("input", { name: "other", spellcheck: "false", placeholder: "Any ID", "aria-label": "Workflow ID" });
    this.more = h("details", {}, h("summary", {}, "More settings"), h("div", { class: "fields" }, this.rare()));
    this.element = h(
      "form",
      { class: "settings", "aria-label": "Settings" },
      this.workflows,
      h(
        "div",
        { class: "pair" },
        field("User", text("user")),
        field("Version", text("version", "Latest")),
        field("Expires after (s)", amount("expires")),
        field("Requests per minute", amount("requests")),
      ),
      this.more,
      h("button", { type: "submit", class: "button", data: { tone: "primary" } }, "Apply to a new session"),
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      apply(this.settings);
    });
  }

  rare() {
    return [
      toggle("Uploads", false, () => {}, { name: "uploads" }),
      h(
        "div",
        { class: "pair" },
        field("Max files", amount("max_files")),
        field("Max MB per file", amount("max_size")),
      ),
      toggle("History", true, () => {}, { name: "history" }),
      field("Recent threads", amount("recent", "All")),
      toggle("Titles", true, () => {}, { name: "titles" }),
      toggle("Tracing", true, () => {}, { name: "tracing" }),
      field(
        "State variables",
        h("textarea", { name: "state", rows: 2, spellcheck: "false", placeholder: '{"plan": "pro"}' }),
      ),
    ];
  }

  /** Fill the workflow selector: WorkflowStates, MagicStates, and the id to use if none is given. */
  offer(workflows, magic, usual) {
    this.usual = usual;
    this.known = new Map([
      ...workflows.map(({ id, description }) => [id, description]),
      ...magic.map(({ value, summary }) => [value, summary]),
    ]);
    const options = [...this.known.keys(), OTHER].map((id) => [id, id === OTHER ? "Other ID…" : id]);
    this.select = choice("workflow", options, usual, (id) => this.choose(id));
    this.workflows.replaceChildren(
      h("div", { class: "fields" }, field("Workflow", this.select), this.other, this.description),
    );
  }

  choose(id) {
    const known = this.known.has(id);
    this.select.value = known ? id : OTHER;
    this.other.hidden = known;
    this.other.required = !known;
    if (!known && id !== OTHER) this.other.value = id;
    this.description.textContent = this.known.get(id) ?? "Has no script: echoes the user's message.";
  }

  /** Show settings in the form. */
  fill(settings) {
    for (const name of Object.keys(DEFAULTS)) {
      const control = this.element.elements[name];
      if (name === "workflow") this.choose(settings.workflow || this.usual);
      else if (control.type === "checkbox") control.checked = settings[name];
      else control.value = settings[name] === DEFAULTS[name] && name !== "user" ? "" : settings[name];
    }
    if (MORE.slice(1).some((name) => settings[name] !== DEFAULTS[name])) this.more.open = true;
  }

  /** The form's values; empty fields get their default. */
  get settings() {
    const read = (name) => {
      const { type, value, checked } = this.element.elements[name];
      if (type === "checkbox") return checked;
      return value.trim() || DEFAULTS[name];
    };
    const settings = Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, read(name)]));
    if (settings.workflow === OTHER) settings.workflow = this.other.value.trim();
    if (settings.workflow === this.usual) settings.workflow = "";
    return settings;
  }
}

function text(name, placeholder = DEFAULTS[name]) {
  return h("input", { name, placeholder, spellcheck: "false", autocomplete: "off" });
}

/** Return a numeric field without bounds, so that the emulator's own errors can be seen. */
function amount(name, placeholder = DEFAULTS[name]) {
  return h("input", { name, placeholder, inputmode: "numeric", autocomplete: "off" });
}
