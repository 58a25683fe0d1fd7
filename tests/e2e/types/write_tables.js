// Writes the tables of the element's code as types can read them: nested keys, lists as their one entry.
import { writeFileSync } from "node:fs";

import { EVENTS } from "../../../mock_server/element/static/frame/events.js";
import { OPTIONS } from "../../../mock_server/element/static/frame/options.js";

function keys(entry) {
  if (Array.isArray(entry)) return entry.map(keys);
  if (typeof entry !== "object") return "leaf";
  return Object.fromEntries(Object.entries(entry).map(([name, each]) => [name, keys(each)]));
}

const tables = { EVENTS: Object.keys(EVENTS), OPTIONS: keys(OPTIONS) };
const lines = Object.entries(tables).map(([name, table]) => `export const ${name} = ${JSON.stringify(table)} as const;\n`);
writeFileSync(new URL("written.ts", import.meta.url), lines.join(""));
