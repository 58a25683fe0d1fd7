/** The list of sessions, updated live. */

import { badge, empty, h } from "./ui.js";
import { spanOf } from "./clocks.js";
import { Filters } from "./filters.js";
import { Table } from "./table.js";
import { paced } from "./api.js";
import { createSnippet } from "./snippets.js";

const COLUMNS = [
  ["Session", "mono"],
  ["Status"],
  ["User"],
  ["Workflow", "wide"],
  ["Time left", "number"],
  ["Requests left", "number wide"],
  ["Project", "wide"],
];
const FIELDS = [
  { name: "search", words: "Search", placeholder: "ID, user or workflow" },
  { name: "status", words: "Status", options: ["active", "expired", "cancelled"].map((each) => [each, each]) },
  { name: "user", words: "User", placeholder: "Any" },
];
const LOOK = 1000; // milliseconds between two reads of the rate limits of visible rows, which recover over time

export function sessionsView(app) {
  const filters = new Filters(app, FIELDS, () => table.reload());
  const table = tableOf(app, filters);
  const renew = paced(() => renewInSight(app, table), LOOK);
  const title = h("div", { class: "title" }, h("h1", {}, "Sessions"));
  table.reload();
  return {
    title: "Sessions",
    element: h("div", { class: "view full" }, title, filters.element, table.element),
    table,
    search: filters.search,
    changed(news) {
      if (news.touches("session", "reset", "restored", "loaded", "clock")) table.refresh();
      if (news.touches("request", "session", "clock")) renew();
    },
    tick() {
      table.tick();
      if (table.rowsInSight.some(isRecovering)) renew();
    },
    leave: () => table.leave(),
  };
}

function tableOf(app, filters) {
  return new Table({
    label: "Sessions",
    columns: COLUMNS,
    read: async (page) => {
      const query = { project: app.project, ...filters.query, ...page };
      const { sessions, total, has_more } = await app.ask("sessions", { query });
      return { rows: sessions, total, has_more };
    },
    cells: (row) => cellsOf(row),
    href: ({ project, id }) => app.href("sessions", [project, id]),
    tick: (row, cells) => countDown(app, row, cells),
    counted: (total) => filters.count(total, "session"),
    nothing: () => (filters.any ? empty("No matching sessions", "Remove a filter to see more.") : teach(app)),
  });
}

/** Read the visible rows again, ended sessions included: they become active again if the clock is moved back. */
async function renewInSight(app, table) {
  const ids = table.rowsInSight.map(({ id }) => id).join(",");
  if (!ids) return;
  const answer = await app.attempt(() => app.ask("sessions", { query: { project: app.project, ids, limit: 200 } }));
  if (answer) table.renew(answer.sessions);
}

/** Whether the session's rate limit is still recovering. */
function isRecovering({ status, requests_left: left, max_requests_per_1_minute: most }) {
  return status === "active" && left < most;
}

function cellsOf({
  id,
  status,
  user,
  workflow,
  version,
  requests_left: left,
  max_requests_per_1_minute: most,
  project,
}) {
  const isActive = status === "active";
  return [
    id,
    badge(status),
    user,
    version ? `${workflow} @ ${version}` : workflow,
    "",
    isActive ? `${left} of ${most}` : "–",
    project,
  ];
}

/** Show the time left by the project's clock; the status itself comes from the emulator. */
function countDown(app, row, cells) {
  const left = row.expires_at - app.clocks.now(row.project);
  cells[4].textContent = row.status === "active" ? spanOf(left) : "–";
  cells[4].classList.toggle("soon", row.status === "active" && left < 60);
}

function teach(app) {
  return empty(
    "No sessions yet",
    "Sessions appear here as soon as your app creates one. Point an SDK at this emulator and run:",
    createSnippet(app.oneProject === app.fallback ? "" : app.oneProject),
  );
}
