// Renders openapi.json, one <details> per operation. All values are inserted as text, never as markup.

const MOST_NESTED = 6;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function resolve(schema, api) {
  return schema.$ref ? api.components.schemas[schema.$ref.split("/").at(-1)] : schema;
}

function typeName(schema, api) {
  const plain = resolve(schema, api);
  if (plain.anyOf) return plain.anyOf.map((option) => typeName(option, api)).join(" or ");
  if (plain.enum) return plain.enum.map((value) => JSON.stringify(value)).join(" or ");
  if (plain.type === "array") return `list of ${typeName(plain.items ?? {}, api)}`;
  return schema.$ref ? plain.title : (plain.type ?? "any JSON");
}

const BOUNDS = {
  minimum: "at least", maximum: "at most", minLength: "minimum length", maxLength: "maximum length",
  maxProperties: "maximum number of keys", default: "default",
};

function notes(schema, required) {
  const said = Object.entries(BOUNDS)
    .filter(([key]) => key in schema && typeof schema[key] !== "object")
    .map(([key, words]) => `${words} ${schema[key]}`);
  return [...(required ? ["required"] : []), ...said].join(", ");
}

function field(name, schema, required, api, depth) {
  const line = element("li", {}, element("code", {}, name), ` ${typeName(schema, api)} `);
  const said = notes(schema, required);
  if (said) line.append(element("span", { class: "note" }, said));
  const inner = fields(schema, api, depth + 1);
  if (inner) line.append(inner);
  return line;
}

function fields(schema, api, depth = 0) {
  const plain = resolve(schema, api);
  if (depth > MOST_NESTED) return null;
  if (plain.items) return fields(plain.items, api, depth);
  if (plain.anyOf) {
    const drawn = plain.anyOf.map((option) => variant(option, api, depth)).filter(Boolean);
    return drawn.length ? element("div", {}, ...drawn) : null;
  }
  if (!plain.properties) return null;
  const required = new Set(plain.required ?? []);
  return element("ul", {}, ...Object.entries(plain.properties).map(
    ([name, inner]) => field(name, inner, required.has(name), api, depth)));
}

function variant(schema, api, depth) {
  const inner = fields(schema, api, depth);
  if (!inner) return null;
  return element("div", {}, element("span", { class: "note" }, resolve(schema, api).title ?? ""), inner);
}

function section(title, content) {
  return content ? [element("h3", {}, title), content] : [];
}

function parameters(operation, api) {
  if (!operation.length) return null;
  return element("ul", {}, ...operation.map(
    (each) => field(`${each.name} (${each.in})`, each.schema, each.required, api, 0)));
}

function failures(responses) {
  const failed = Object.entries(responses).filter(([status]) => status !== "200");
  if (!failed.length) return null;
  return element("ul", {}, ...failed.map(
    ([status, { description }]) => element("li", {}, element("code", {}, status), ` ${description}`)));
}

function operationFold(path, method, operation, shared, api) {
  const content = (holder) => holder && Object.values(holder.content)[0].schema;
  const body = content(operation.requestBody);
  const fold = element("details", { id: operation.operationId },
    element("summary", {},
      element("span", { class: "method" }, method.toUpperCase()),
      element("code", {}, path),
      element("small", {}, operation.summary)));
  fold.append(
    ...section("Parameters", parameters([...(shared ?? []), ...(operation.parameters ?? [])], api)),
    ...section("Request body", body && fields(body, api)),
    ...section("Response", fields(content(operation.responses["200"]), api)),
    ...section("Errors", failures(operation.responses)));
  return fold;
}

function draw(api) {
  const main = document.getElementById("operations");
  const groups = { "ChatKit API": [], "Emulator": [] };
  for (const [path, { parameters: shared, ...methods }] of Object.entries(api.paths)) {
    const group = path.startsWith("/v1/") ? "ChatKit API" : "Emulator";
    for (const [method, operation] of Object.entries(methods)) {
      groups[group].push(operationFold(path, method, operation, shared, api));
    }
  }
  for (const [title, folds] of Object.entries(groups)) main.append(element("h2", {}, title), ...folds);
  document.getElementById("about").replaceChildren(
    `${api.info.description} Version ${api.info.version}. Source: `,
    element("a", { href: "openapi.json" }, "openapi.json"), ".");
  openLinked();
}

function openLinked() {
  const linked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!linked) return;
  linked.open = true;
  linked.scrollIntoView();
}

addEventListener("hashchange", openLinked);
const main = document.getElementById("operations");
try {
  const answer = await fetch("openapi.json");
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  draw(await answer.json());
} catch (error) {
  main.append(element("p", { role: "alert" },
    `Could not load openapi.json: ${error.message}. Is the emulator still running?`));
}
main.setAttribute("aria-busy", "false");
