/** Requests to the server, in hosted and in custom mode, and their errors. */

import { ClientSecret } from "./secret.js";
import { dataOf } from "./sse.js";

const TRIES = 6; // attempts if a streaming request gets a 5xx or a response that is no stream (observed)
const OWN_WORDS = {
  401: "Your session has ended. Please reload the page.",
  429: "You’ve sent too many requests. Please try again later.", // observed
};
const SORRY = "Something went wrong. Please try again later."; // observed

/** A failed request. `message` is for developers, `shown` for the user; `passing` ones are shown as a toast. */
export class ApiError extends Error {
  constructor(message, { status = 0, requestId, shown = OWN_WORDS[status] ?? SORRY } = {}) {
    super(message);
    this.name = "ApiError";
    Object.assign(this, { status, requestId, shown, passing: status >= 400 && status < 500 && status !== 401 });
  }
}

/** The base of both modes. Subclasses have `request(init)`, which resolves to a Response, and `upload(file, …)`. */
class Transport {
  constructor({ locale, instanceId }) {
    this.headers = { "accept-language": locale, "chatkit-frame-instance-id": instanceId };
  }

  /** Call a non-streaming operation and return its parsed response. Throws ApiError. */
  async call(type, params = {}, { signal } = {}) {
    const response = await this.post(type, params, { signal, accept: "application/json" });
    if (!response.ok) throw await failureOf(response);
    return response.json().catch(() => ({}));
  }

  /** Call a streaming operation; return the response body once the server has accepted it. Throws ApiError. */
  async open(type, params, { signal }) {
    for (let tries = 1; ; tries += 1) {
      const response = await this.post(type, params, { signal, accept: "text/event-stream" });
      const streams = response.headers.get("content-type")?.startsWith("text/event-stream");
      if (response.ok && streams) return response.body;
      if ((!response.ok && response.status < 500) || tries === TRIES)
        throw await failureOf(response, "Streaming failed");
      await pause(Math.min(10_000, 1000 * 2 ** (tries - 1)) * (0.5 + Math.random() / 2), signal);
    }
  }

  /** Yield the events of a stream. Throws ApiError if it is interrupted or an event is not valid JSON. */
  async *events(body) {
    try {
      for await (const data of dataOf(body)) yield JSON.parse(data);
    } catch (error) {
      throw new ApiError(`The stream was interrupted: ${error.message}`, { shown: "The connection was lost." });
    }
  }

  async post(type, params, { signal, accept }) {
    const headers = { ...this.headers, "content-type": "application/json", accept };
    try {
      return await this.request({ method: "POST", headers, body: JSON.stringify({ type, params }), signal });
    } catch (error) {
      if (error instanceof ApiError || signal?.aborted) throw error;
      throw new ApiError(error.message, { shown: error.shown ?? "Can’t reach the server. Please try again." });
    }
  }
}

/** Hosted mode: the emulator's API, with a client secret. */
export class HostedTransport extends Transport {
  constructor(settings) {
    super(settings);
    this.base = settings.base;
    this.ahead = 0; // milliseconds by which the server's clock, which may be shifted, is ahead of the browser's
    this.secret = new ClientSecret(settings.api.getClientSecret, () => Date.now() + this.ahead);
    this.headers["chatkit-device-id"] = deviceId();
  }

  async request(init, path = "/v1/chatkit/conversation", send = fetch) {
    const secret = await this.secret.get();
    const answer = await this.send(init, path, send);
    if (answer.status !== 401) return answer;
    if (this.secret.current === secret && !(await this.secret.renew())) {
      throw new ApiError("getClientSecret returned the same secret that the server had rejected.", { status: 401 });
    }
    return this.send(init, path, send);
  }

  async send(init, path, send) {
    const headers = { ...init.headers, authorization: `Bearer ${this.secret.current}` };
    const answer = await send(`${this.base}${path}`, { ...init, headers });
    const date = Date.parse(answer.headers.get("date"));
    if (date) this.ahead = date - Date.now();
    return answer;
  }

  /** Upload a file in one request. */
  async upload(file, { progress, signal }) {
    const form = new FormData();
    form.append("file", file, file.name);
    const init = { method: "POST", headers: this.headers, body: form, signal };
    const send = (url, request) => sendWithProgress(url, request, progress);
    return attachmentOf(await this.request(init, "/v1/chatkit/files", send));
  }
}

/** Custom mode: the app's own server; requests are sent by the page. */
export class CustomTransport extends Transport {
  constructor(settings) {
    super(settings);
    this.api = settings.api;
    this.line = settings.line;
  }

  request(init) {
    return this.fetch(this.api.url, init);
  }

  async fetch(url, { signal, ...init }) {
    const { port1, port2 } = new MessageChannel();
    signal?.throwIfAborted();
    signal?.addEventListener("abort", () => port1.postMessage("abort"));
    const body = bodyOf(port1);
    const { status, statusText, headers } = await this.line.call("fetch", [{ url, ...init }], [port2]);
    return new Response([204, 205, 304].includes(status) ? null : body, { status, statusText, headers });
  }

  /** Upload a file with the strategy in the options. */
  upload(file, { progress, signal }) {
    const strategy = this.api.uploadStrategy;
    if (!strategy) throw new ApiError("api.uploadStrategy is missing.", { shown: "File uploads are not configured." });
    return strategy.type === "direct"
      ? this.uploadDirectly(file, strategy.uploadUrl, signal)
      : this.uploadTwice(file, progress, signal);
  }

  async uploadDirectly(file, url, signal) {
    return attachmentOf(await this.fetch(url, { method: "POST", headers: this.headers, file, signal }));
  }

  async uploadTwice(file, progress, signal) {
    const announced = { name: file.name, size: file.size, mime_type: file.type || "application/octet-stream" };
    const attachment = await this.call("attachments.create", announced, { signal });
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => progress(data);
    signal?.addEventListener("abort", () => port1.postMessage("abort"));
    const { url, method, headers } = attachment.upload_descriptor ?? {
      url: attachment.upload_url,
      method: "PUT",
      headers: {},
    };
    try {
      signal?.throwIfAborted();
      const { status, text } = await this.line.call("upload", [{ url, method, headers, file }], [port2]);
      if (status >= 400) throw new ApiError(`Request failed with status ${status}: ${text.slice(0, 500)}`, { status });
      return attachment;
    } catch (error) {
      this.call("attachments.delete", { attachment_id: attachment.id }).catch(() => {}); // never uploaded
      throw error;
    }
  }
}

/** Return an ApiError for a failed response. */
async function failureOf(response, what) {
  const requestId = response.headers.get("x-request-id") ?? undefined;
  const text = await response.text().catch(() => "");
  const words = what
    ? `${what}: ${response.statusText || response.status}`
    : `Request failed with status ${response.status}`;
  return new ApiError([words, messageIn(text), response.headers.get("x-mock-hint")].filter(Boolean).join(" - "), {
    status: response.status,
    requestId,
  });
}

function messageIn(text) {
  try {
    return JSON.parse(text).error.message;
  } catch {
    return "";
  }
}

async function attachmentOf(response) {
  if (!response.ok) throw await failureOf(response);
  const attachment = await response.json().catch(() => ({}));
  if (!attachment.id || !attachment.mime_type) throw new ApiError("Upload endpoint did not return file metadata");
  return attachment;
}

function bodyOf(port) {
  return new ReadableStream({
    start(controller) {
      port.onmessage = ({ data }) => {
        if (data.chunk) controller.enqueue(data.chunk);
        else if (data.done) controller.close();
        else controller.error(new TypeError(data.error));
      };
    },
    cancel: () => port.postMessage("abort"),
  });
}

function sendWithProgress(url, { method, headers, body, signal }, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    signal?.addEventListener("abort", () => request.abort());
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onload = () =>
      resolve(new Response(request.responseText, { status: request.status, headers: headersOf(request) }));
    request.onerror = () => reject(new TypeError("The file could not be sent."));
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(body);
  });
}

function headersOf(request) {
  return request
    .getAllResponseHeaders()
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(/:\s*(.*)/s).slice(0, 2));
}

function deviceId() {
  const key = "chatkit:device-id"; // observed
  try {
    const known = localStorage.getItem(key) ?? randomId();
    localStorage.setItem(key, known);
    return known;
  } catch {
    return randomId(); // the browser blocks storage in frames
  }
}

/** Return a random UUID, also outside secure contexts, where `crypto.randomUUID` is missing. */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Wait. Rejects if `signal` is aborted. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
