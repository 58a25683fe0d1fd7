/** The headers and body of a request or a response. */

import { h, jsonView, section } from "./ui.js";

/** Return a section for a request or response, null if there was none; `note` explains why no body is shown. */
export function messageSection(title, message, note) {
  if (!message) return section(title, h("p", { class: "faint" }, note));
  const { headers, body, size } = message;
  return section(
    title,
    h("h3", {}, "Body", size > 0 && h("span", { class: "faint" }, ` ${size.toLocaleString("en")} bytes`)),
    note || body === null ? h("p", { class: "faint" }, note || noBody(size)) : jsonView(body, `${title}: body`),
    h("h3", {}, "Headers"),
    headersTable(title, headers),
  );
}

function noBody(size) {
  return size ? "The body is not text." : "No body.";
}

function headersTable(title, headers) {
  const rows = Object.entries(headers).map(([name, value]) =>
    h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, h("bdi", { dir: "ltr" }, value))),
  );
  return h("table", { class: "headers", "aria-label": `${title}: headers` }, h("tbody", {}, rows));
}
