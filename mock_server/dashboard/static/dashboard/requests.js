/** The list of requests in the journal, updated live. */

import { badge, button, empty, h, icon, statusBadge, sure } from "./ui.js";
import { agoOf, millisecondsOf, momentOf } from "./clocks.js";
import { Filters } from "./filters.js";
import { Table } from "./table.js";
import { paced } from "./api.js";
import { curlSnippet } from "./snippets.js";
import { counted } from "./words.js";

const COLUMNS = [
  ["Request", "mono"],
  ["Operation", "wide"],
  ["Status"],
  ["Duration", "number wide"],
  ["When"],
  ["Session", "mono wide spare"],
  ["User", "wide"],
  ["Fault", "wide spare"],
  ["Project", "wide spare"],
];
const WHEN = COLUMNS.findIndex(([words]) => words === "When");
const each = (...values) => values.map((value) => [value, value]);
const FIELDS = [
  { name: "search", words: "Search", placeholder: "ID, user, session…" },
  { name: "path", words: "Path", placeholder: "*/sessions*" },
  { name: "status_class", words: "Status", options: each("2xx", "4xx", "5xx") },
  { name: "outcome", words: "Outcome", options: each("open", "completed", "abandoned", "dropped") },
  { name: "session", words: "Session", placeholder: "Any" },
  { name: "fault", words: "Fault", placeholder: "Name, or * for any" },
];
const USUAL = "/v1/chatkit";
const LOOK = 2; // seconds between two requests: the feed reports only finished requests

export function requestsView(app) {
  const filters = new Filters(app, FIELDS, () => table.reload());
  const journal = new JournalPages(app, filters);
  const table = new Table({
    label: "Requests",
    columns: COLUMNS,
    read: async (query) => {
      const page = await journal.read(query);
      return pause.on && table.rows.length && !query.after ? undefined : page;
    },
    cells: (row) => cellsOf(row),
    href: ({ project, id }) => app.href("requests", [project, id]),
    tick: (row, cells) => tellWhen(app, row, cells[WHEN]),
    counted: (total) => count(filters, total, journal.forgotten),
    nothing: () => (filters.any ? empty("No matching requests", "Remove a filter to see more.") : teach(app)),
  });
  const pause = new Pause(() => table.refresh());
  table.newer.addEventListener("click", () => pause.set(false));
  const anew = paced(() => table.reload());
  let ticks = 0;
  table.reload();
  return {
    title: "Requests",
    element: h("div", { class: "view full" }, heading(pause, clearButton(app, table)), filters.element, table.element),
    table,
    search: filters.search,
    changed(news) {
      if (pause.on) return;
      if (!news.all && news.touches("reset", "restored")) anew();
      else if (news.touches("request")) table.refresh();
    },
    tick() {
      table.tick();
      ticks += 1;
      if (ticks % LOOK === 0 && !pause.on && !document.hidden) table.refresh();
    },
    leave: () => table.leave(),
  };
}

/** Read the journal page by page. `forgotten`: how many entries were discarded to make room. */
class JournalPages {
  constructor(app, filters) {
    this.app = app;
    this.filters = filters;
    this.forgotten = 0;
  }

  async read(query) {
    const page = await this.ask({ ...this.filters.query, ...query });
    this.forgotten = page.forgotten;
    const isLost = query.after && page.forgotten && !(await this.has(query.after));
    // The cursor was discarded meanwhile: nothing older is left, but the emulator would start over with the newest.
    return isLost ? { rows: [], total: page.total, has_more: false } : { ...page, rows: page.data };
  }

  async has(id) {
    const { data } = await this.ask({ search: id, limit: 1000 });
    return data.some((row) => row.id === id);
  }

  ask(query) {
    return this.app.ask("requests/summaries", { query: { project: this.app.project, ...query } });
  }
}

/** A button that pauses updates of the list. */
class Pause {
  constructor(resumed) {
    this.on = false;
    this.words = h("span", {});
    this.sign = h("span", { class: "sign" });
    this.button = h("button", { type: "button", class: "button" }, this.sign, this.words);
    this.button.addEventListener("click", () => {
      this.set(!this.on);
      if (!this.on) resumed();
    });
    this.set(false);
  }

  set(on) {
    this.on = on;
    this.words.textContent = on ? "Resume" : "Pause";
    this.sign.replaceChildren(icon(on ? "lucide:play" : "lucide:pause"));
    this.button.dataset.tone = on ? "primary" : "plain";
  }
}

function heading(pause, clear) {
  return h("div", { class: "title" }, h("h1", {}, "Requests"), h("div", { class: "buttons" }, pause.button, clear));
}

function clearButton(app, table) {
  const clear = async () => {
    const project = app.oneProject;
    if (!(await sure(`Clear all requests of project ${project}?`, "Clear"))) return;
    const answer = await app.attempt(() => app.ask("requests", { method: "DELETE", query: { project } }));
    if (!answer) return;
    app.toast(`${counted(answer.cleared, "request")} cleared.`, "good");
    await table.reload();
  };
  return button("Clear", clear, { symbol: "trash", title: `Clear the requests of project ${app.oneProject}` });
}

function count(filters, total, forgotten) {
  filters.count(total, "request");
  if (forgotten) filters.total.append(`, ${forgotten.toLocaleString("en")} older discarded`);
}

function cellsOf({ method, path, operation, status, outcome, milliseconds, session, user, fault, project }) {
  const isOpen = outcome === "open";
  return [
    [h("span", { class: "method" }, method), " ", pathOf(path)],
    operation ?? "–",
    outcomeBadges(status, outcome),
    isOpen ? "–" : millisecondsOf(milliseconds),
    "",
    session ?? "–",
    user ?? "–",
    fault ? badge(fault, "warn") : "–",
    project,
  ];
}

/** Return a path whose common prefix can be hidden on narrow screens. */
function pathOf(path) {
  const [usual, rest] = path.startsWith(USUAL) ? [USUAL, path.slice(USUAL.length)] : ["", path];
  return h("bdi", { dir: "ltr" }, h("span", { class: "usual" }, usual), rest);
}

/** Return badges for the status, if there is one, and for any outcome but `completed`. */
export function outcomeBadges(status, outcome) {
  return [status !== null && statusBadge(status), outcome !== "completed" && badge(outcome)].filter(Boolean);
}

function tellWhen(app, { at, project }, cell) {
  cell.textContent = agoOf(app.clocks.now(project) - at);
  cell.title = momentOf(at);
}

function teach(app) {
  return empty(
    "No requests yet",
    "Requests from your app appear here with their responses. Send one from a shell:",
    curlSnippet(app.oneProject === app.fallback ? "" : app.oneProject),
  );
}
