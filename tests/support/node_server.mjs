// A ChatKit server in JavaScript, without a library. Prints its port, then a line for each client that left a stream.
import http from "node:http";

const threads = new Map();
let count = 0;
const next = (kind) => `${kind}_${++count}`;
const at = () => new Date().toISOString();
const shown = (thread, items) => ({ id: thread.id, title: thread.title, created_at: thread.created_at,
  status: { type: "active" }, metadata: {}, items: page(items ?? []) });
const page = (data) => ({ data, has_more: false, after: null });
const pause = () => new Promise((done) => setTimeout(done, 5));

function added(thread, item) {
  const whole = { id: next("msg"), thread_id: thread.id, created_at: at(), ...item };
  thread.items.push(whole);
  return { type: "thread.item.done", item: whole };
}

const said = (thread, input) => added(thread, { type: "user_message", attachments: [], inference_options: {}, ...input });
const assistant = (text) => ({ type: "assistant_message", content: [{ type: "output_text", text, annotations: [] }] });

async function* reply(thread, text) {
  if (text === "card") {
    const button = { type: "Button", label: "Buy", onClickAction: { type: "buy", payload: {} } };
    yield added(thread, { type: "widget", widget: { type: "Card", children: [button] } });
  } else if (text === "where") {
    yield added(thread, { type: "client_tool_call", status: "pending", call_id: next("call"), name: "where", arguments: {} });
  } else {
    for (const word of text.split(" ")) {
      await pause();
      yield { type: "progress_update", icon: null, text: word };
    }
    yield added(thread, assistant(text));
  }
}

async function* streamed(type, params) {
  const thread = type === "threads.create" ? { id: next("thr"), title: null, created_at: at(), items: [] }
    : threads.get(params.thread_id);
  if (type === "threads.create") {
    threads.set(thread.id, thread);
    yield { type: "thread.created", thread: shown(thread) };
  }
  if (params.input) yield said(thread, params.input);
  if (type === "threads.custom_action") yield added(thread, assistant(`bought by ${params.action.type}`));
  else if (type === "threads.add_client_tool_output") yield added(thread, assistant(`in ${params.result.city}`));
  else yield* reply(thread, params.input.content.map((part) => part.text).join(""));
}

const ANSWERS = {
  "threads.list": () => page([...threads.values()].reverse().map((each) => shown(each))),
  "threads.get_by_id": ({ thread_id }) => shown(threads.get(thread_id), threads.get(thread_id).items),
  "items.list": ({ thread_id }) => page([...threads.get(thread_id).items]),
  "threads.update": ({ thread_id, title }) => shown(Object.assign(threads.get(thread_id), { title })),
  "threads.delete": ({ thread_id }) => (threads.delete(thread_id), {}),
};

async function serve(request, response) {
  let body = "";
  for await (const piece of request) body += piece;
  const { type, params } = JSON.parse(body);
  const fail = params.thread_id && !threads.has(params.thread_id);
  if (fail || ANSWERS[type]) {
    response.writeHead(fail ? 404 : 200, { "content-type": "application/json" });
    return response.end(JSON.stringify(fail ? { error: "no such thread" } : ANSWERS[type](params)));
  }
  let left = false;
  response.on("close", () => (left = !response.writableFinished));
  response.writeHead(200, { "content-type": "text/event-stream" });
  for await (const event of streamed(type, params)) {
    if (left) return console.log("left");
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  }
  response.end(": that was all\r\n\r\n");
}

const server = http.createServer(serve);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
