/** How requests reach the server: the two modes of the API, and what is done when one fails. */

import { ClientSecret } from "./secret.js";
import { dataOf } from "./sse.js";

const TRIES = 6; // of a stream that begins with a 5xx or with no stream (observed)
const OWN_WORDS = {
  401: "Your session is over. Please reload the page.",
  429: "You’ve sent too many requests. Please try again later.", // observed
};
const SORRY = "Something went wrong. Please try again later."; // observed

/** A request that failed. `message` is for developers, `shown` for the user; a `passing` one needs no further word. */
export class ApiError extends Error {
  constructor(message, { status = 0, requestId, shown = OWN_WORDS[status] ?? SORRY } = {}) {
    super(message);
    this.name = "ApiError";
    Object.assign(this, { status, requestId, shown, passing: status >= 400 && status < 500 && status !== 401 });
  }
}

/** What both modes share. A mode has `request(init)`, which answers with a Response, and `upload(file, …)`. */
class Transport {
  constructor({ locale, instanceId }) {
    this.headers = { "accept-language": locale, "chatkit-frame-instance-id": instanceId };
  }

  /** One operation that does not stream. Throws ApiError. */
  async call(type, params = {}, { signal } = {}) {
    const response = await this.post(type, params, { signal, accept: "application/json" });
    if (!response.ok) throw await failureOf(response);
    return response.json().catch(() => ({}));
  }

  /** One operation that streams: the body of events, once the server has accepted it. Throws ApiError. */
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

  /** The events of a stream. Throws ApiError where it breaks off or is no JSON. */
  async *events(body) {
    try {
      for await (const data of dataOf(body)) yield JSON.parse(data);
    } catch (error) {
      throw new ApiError(`The stream broke off: ${error.message}`, { shown: "The connection was lost." });
    }
  }

  async post(type, params, { signal, accept }) {
    const headers = { ...this.headers, "content-type": "application/json", accept };
    try {
      return await this.request({ method: "POST", headers, body: JSON.stringify({ type, params }), signal });
    } catch (error) {
      if (error instanceof ApiError || signal?.aborted) throw error;
      throw new ApiError(error.message, { shown: error.shown ?? "The server can’t be reached. Please try again." });
    }
  }
}

/** The hosted API, at the emulator. */
export class HostedTransport extends Transport {
  constructor(settings) {
    super(settings);
    this.base = settings.base;
    this.ahead = 0; // milliseconds that the server's clock, which may be shifted, is ahead of the browser's
    this.secret = new ClientSecret(settings.api.getClientSecret, () => Date.now() + this.ahead);
    this.headers["chatkit-device-id"] = deviceId();
  }

  async request(init, path = "/v1/chatkit/conversation", send = fetch) {
    const secret = await this.secret.get();
    const answer = await this.send(init, path, send);
    if (answer.status !== 401) return answer;
    if (this.secret.current === secret && !(await this.secret.renew())) {
      throw new ApiError("getClientSecret gave the secret again that the server had refused.", { status: 401 });
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

  /** Uploads in one step. */
  async upload(file, { progress, signal }) {
    const form = new FormData();
    form.append("file", file, file.name);
    const init = { method: "POST", headers: this.headers, body: form, signal };
    const send = (url, request) => sendWithProgress(url, request, progress);
    return attachmentOf(await this.request(init, "/v1/chatkit/files", send));
  }
}

/** A server of the app's own, reached from the page. */
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

  /** Uploads by the strategy of the options. */
  upload(file, { progress, signal }) {
    const strategy = this.api.uploadStrategy;
    if (!strategy) throw new ApiError("api.uploadStrategy is missing.", { shown: "Uploads are not set up here." });
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
      this.call("attachments.delete", { attachment_id: attachment.id }).catch(() => {}); // announced, and now in vain
      throw error;
    }
  }
}

/** What a failed answer says. */
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
    request.onerror = () => reject(new TypeError("The file can’t be sent."));
    request.onabort = () => reject(new DOMException("The upload was stopped.", "AbortError"));
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
    return randomId(); // a browser that keeps nothing for frames
  }
}

/** A UUID, also where the page is not a secure one and `crypto.randomUUID` is missing. */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Waits, unless aborted. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
