/** Code examples that contain this emulator's URL. */

const KEY = "sk-test"; // any key works
const DEMO = { user: "ada", workflow: { id: "wf_demo" } };
const WIDTH = 88; // maximum line length

/** Return the API's base URL, for a project or, with "", the default one. */
export function apiBase(project = "") {
  return new URL(project ? `p/${project}/v1` : "v1", document.baseURI).href;
}

/** Return Python code that creates a session with the official client. */
export function createSnippet(project = "", request = DEMO, key = KEY) {
  const given = Object.entries(request).map(([name, value]) => `${name}=${python(value)}`);
  return `from openai import OpenAI

client = OpenAI(base_url=${python(apiBase(project))}, api_key=${python(key)})
session = ${called("client.beta.chatkit.sessions.create(", given, ")", "    ")}
print(session.client_secret)
`;
}

/** Return TypeScript code that creates a session with the official client. */
export function typescriptSnippet(project = "", request = DEMO, key = KEY) {
  const given = Object.entries(request).map(([name, value]) => `${name}: ${javascript(value)}`);
  return `import OpenAI from "openai";

const client = new OpenAI({ baseURL: ${javascript(apiBase(project))}, apiKey: ${javascript(key)} });
const session = await ${called("client.beta.chatkit.sessions.create({", given, "}", "  ")});
console.log(session.client_secret);
`;
}

/** Return a curl command that creates a session. */
export function curlSnippet(project = "", request = DEMO, key = KEY) {
  return `curl ${shell(`${apiBase(project)}/chatkit/sessions`)} \\
  -H ${shell(`Authorization: Bearer ${key}`)} \\
  -H 'OpenAI-Beta: chatkit_beta=v1' \\
  -H 'Content-Type: application/json' \\
  -d ${shell(literal(request))}
`;
}

/** Return the HTML of a page with the element; `/session` is the app's own endpoint for the client secret. */
export function pageSnippet() {
  return `<script src="${new URL("deployments/chatkit/chatkit.js", document.baseURI)}"></script>
<openai-chatkit id="chat"></openai-chatkit>
<script>
  const getClientSecret = async () => (await fetch("/session", { method: "POST" })).text();
  document.querySelector("#chat").setOptions({ api: { getClientSecret } });
</script>
`;
}

/** Format a call in one line, or with one argument per line if that is too long. */
function called(open, given, close, indent) {
  const space = open.endsWith("{") ? " " : "";
  const line = `${open}${space}${given.join(", ")}${space}${close}`;
  return line.length <= WIDTH ? line : `${open}\n${given.map((each) => `${indent}${each},\n`).join("")}${close}`;
}

function python(value) {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === null) return "None";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value !== "object") return literal(value);
  return `{${Object.entries(value)
    .map(([name, each]) => `${literal(name)}: ${python(each)}`)
    .join(", ")}}`;
}

function javascript(value) {
  if (value === null || typeof value !== "object") return literal(value);
  if (Array.isArray(value)) return `[${value.map(javascript).join(", ")}]`;
  const parts = Object.entries(value).map(([name, each]) => `${keyOf(name)}: ${javascript(each)}`);
  return parts.length ? `{ ${parts.join(", ")} }` : "{}";
}

function keyOf(name) {
  if (name === "__proto__") return '["__proto__"]'; // otherwise it would set the prototype
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}

/** Return JSON in which invisible and bidirectional control characters are escaped; valid in all these languages. */
function literal(value) {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function shell(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
