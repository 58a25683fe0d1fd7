/** The sessions, live. */

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
  { name: "search", words: "Search", placeholder: "Id, user or workflow" },
  { name: "status", words: "Status", options: ["active", "expired", "cancelled"].map((each) => [each, each]) },
  { name: "user", words: "User", placeholder: "Any" },
];
const LOOK = 1000; // milliseconds between two looks at the limits of rows in sight, which come back with time

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
    nothing: () => (filters.any ? empty("No session is like that", "Take a filter away to see others.") : teach(app)),
  });
}

/** Reads the limits of the rows in sight, also of those that are over: a clock moved back lets them live again. */
async function renewInSight(app, table) {
  const ids = table.rowsInSight.map(({ id }) => id).join(",");
  if (!ids) return;
  const answer = await app.attempt(() => app.ask("sessions", { query: { project: app.project, ids, limit: 200 } }));
  if (answer) table.renew(answer.sessions);
}

/** Whether requests come back to it with time. */
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

/** The time left by the project's clock; the server's word on the status follows. */
function countDown(app, row, cells) {
  const left = row.expires_at - app.clocks.now(row.project);
  cells[4].textContent = row.status === "active" ? spanOf(left) : "–";
  cells[4].classList.toggle("soon", row.status === "active" && left < 60);
}

function teach(app) {
  return empty(
    "No session yet",
    "Sessions show up here the moment your app asks for one. Point an SDK at this server and run:",
    createSnippet(app.oneProject === app.fallback ? "" : app.oneProject),
  );
}
