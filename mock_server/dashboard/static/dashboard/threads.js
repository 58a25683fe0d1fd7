/** The list of threads, updated live. */

import { badge, empty, h, link } from "./ui.js";
import { agoOf } from "./clocks.js";
import { Filters } from "./filters.js";
import { Table } from "./table.js";
import { apiBase, createSnippet } from "./snippets.js";

const COLUMNS = [
  ["Title"],
  ["Status"],
  ["User", "wide"],
  ["Items", "number wide"],
  ["Created"],
  ["Session", "mono wide"],
  ["Project", "wide"],
];
const CREATED = 4; // index of its column
const FIELDS = [
  { name: "search", words: "Search", placeholder: "Title, ID or user" },
  { name: "status", words: "Status", options: ["active", "locked", "closed"].map((each) => [each, each]) },
  { name: "user", words: "User", placeholder: "Any" },
];

/** Return the view of all threads. */
export function threadsView(app) {
  const filters = new Filters(app, FIELDS, () => table.reload());
  const table = new Table({
    label: "Threads",
    columns: COLUMNS,
    read: async (query) => {
      const asked = { project: app.project, ...filters.query, ...query };
      const { threads, total, has_more } = await app.ask("threads", { query: asked });
      return { rows: threads, total, has_more };
    },
    cells: (row) => cellsOf(app, row),
    href: ({ project, id }) => app.href("threads", [project, id]),
    tick: ({ project, created_at: created }, cells) =>
      (cells[CREATED].textContent = agoOf(app.clocks.now(project) - created)),
    counted: (total) => filters.count(total, "thread"),
    nothing: () => (filters.any ? empty("No matching threads", "Remove a filter to see more.") : teach(app)),
  });
  table.reload();
  return {
    title: "Threads",
    element: h(
      "div",
      { class: "view full" },
      h("div", { class: "title" }, h("h1", {}, "Threads")),
      filters.element,
      table.element,
    ),
    table,
    search: filters.search,
    changed(news) {
      if (news.touches("thread", "request", "reset", "restored", "loaded")) table.refresh();
    },
    tick: () => table.tick(),
    leave: () => table.leave(),
  };
}

function cellsOf(app, { id, title, status, user, items, session, project }) {
  const name = title || [h("span", { class: "faint" }, "Untitled "), h("small", { class: "faint mono" }, id)];
  const way = session ? link(app.href("sessions", [project, session]), session) : "–";
  return [name, badge(status.type), user, items === null ? "–" : items.toLocaleString("en"), "", way, project];
}

function teach(app) {
  return empty(
    "No threads yet",
    "A thread starts with the first message sent with a session's client secret: from the chat in your app, from the Chat view of this dashboard, or from this code:",
    talkSnippet(app.oneProject === app.fallback ? "" : app.oneProject),
  );
}

/** Return Python code that sends a message as the chat in a browser does. */
function talkSnippet(project) {
  return `import json
from urllib.request import Request, urlopen

${createSnippet(project)}
message = {"content": [{"type": "input_text", "text": "Hello"}], "attachments": [], "inference_options": {}}
request = Request(
    "${apiBase(project)}/chatkit/conversation",
    headers={"authorization": f"Bearer {session.client_secret}", "content-type": "application/json"},
    data=json.dumps({"type": "threads.create", "params": {"input": message}}).encode(),
)
print(urlopen(request).read().decode())
`;
}
