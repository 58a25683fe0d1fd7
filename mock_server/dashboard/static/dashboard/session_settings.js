/** A session's settings beside the defaults. */

import { badge, h } from "./ui.js";

const onOrOff = (value) => (value ? "on" : "off");
const SETTINGS = [
  ["expires_after_seconds", "Expires after", (value) => (value === null ? "forced to expire" : `${value} s`)],
  ["max_requests_per_1_minute", "Requests per minute"],
  ["automatic_thread_titling", "Titles", onOrOff],
  ["file_upload", "Uploads", onOrOff],
  ["max_files", "Maximum files"],
  ["max_file_size", "Maximum file size", (value) => `${value} MB`],
  ["history", "History", onOrOff],
  ["recent_threads", "Threads in history", (value) => value ?? "unlimited"],
  ["tracing", "Tracing", onOrOff],
  ["version", "Workflow version", (value) => value ?? "latest"],
];

/** Return a table of SessionSettings that marks differences from the defaults. */
export function settingsTable(settings, defaults) {
  const heads = ["Setting", "This session", "Default"].map((words) => h("th", { scope: "col" }, words));
  const rows = SETTINGS.map(([name, words, told = String]) => {
    const differs = settings[name] !== defaults[name];
    return h(
      "tr",
      { data: { differs } },
      h("th", { scope: "row" }, words),
      h("td", {}, h("bdi", {}, told(settings[name])), differs && " ", differs && badge("changed", "info")),
      h("td", { class: "faint" }, told(defaults[name])),
    );
  });
  return h("table", { class: "settings" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
}
