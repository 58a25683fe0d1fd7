// Node.js: its own fetch, FormData and streams, without packages.
const { OPENAI_BASE_URL: base, OPENAI_API_KEY: key } = process.env;
const content = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(2_000_000)]);

function post(path, bearer, body, headers = {}) {
  return fetch(`${base}/chatkit/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${bearer}`, ...headers },
    body: JSON.stringify(body),
  });
}

const create = (body) => post("sessions", key, body, { "OpenAI-Beta": "chatkit_beta=v1" });
const converse = (type, params) => post("conversation", session.client_secret, { type, params });
const sizeOf = async (url) => (await (await fetch(url)).arrayBuffer()).byteLength;

async function upload(bearer, bytes) {
  const form = new FormData();
  form.append("file", new Blob([bytes]), "a.png");
  const headers = { Authorization: `Bearer ${bearer}` };
  return (await fetch(`${base}/chatkit/files`, { method: "POST", headers, body: form })).json();
}

async function* events(response) {
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const frames = (rest + text).split("\n\n");
    rest = frames.pop();
    for (const frame of frames) yield JSON.parse(frame.slice("data: ".length));
  }
}

const uploads = { file_upload: { enabled: true, max_file_size: 2 } };
const created = await create({ workflow: { id: "wf_1" }, user: "node", chatkit_configuration: uploads });
const session = await created.json();
console.log("session", session.status);

const direct = await upload(session.client_secret, content);
console.log("direct", await sizeOf(direct.preview_url));
const large = Buffer.concat([content, Buffer.alloc(30_000_000)]);
console.log("large", (await upload(session.client_secret, large)).error.message);
console.log("unknown", (await upload("ek_unknown", large)).error.code);

const declared = await converse("attachments.create", { name: "a.png", size: content.length, mime_type: "image/png" });
const { url, method, headers } = (await declared.json()).upload_descriptor;
const put = await fetch(url, { method, headers, body: new Blob([content]).stream(), duplex: "half" });
if (!put.ok) throw new Error(await put.text());
console.log("phases", await sizeOf(url));

const text = [{ type: "input_text", text: "Hello from node" }];
const input = { content: text, attachments: [direct.id], inference_options: {} };
for await (const event of events(await converse("threads.create", { input })))
  if (event.type === "thread.item.done" && event.item.type === "assistant_message")
    console.log("reply", event.item.content[0].text);

console.log("error", (await (await create({ workflow: { id: "wf_1" } })).json()).error.message);
console.log("status", (await post("conversation", "ek_unknown", {})).status);
