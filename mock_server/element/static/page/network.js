/** Requests that the page sends for the frame: with the page's origin and cookies, or by the app's own `fetch`. */

/** Sends a request by `send`; the answer's body follows through `port`, and any message from there aborts it. */
export async function fetchThrough(send, { url, method, headers, body, file }, port) {
  const abort = new AbortController();
  port.onmessage = () => abort.abort();
  const response = await send(url, { method, headers, body: file ? formOf(file) : body, signal: abort.signal });
  pump(response.body, port);
  return { status: response.status, statusText: response.statusText, headers: [...response.headers] };
}

/** Sends a file's bytes; its progress, from 0 to 1, goes through `port`, and any message from there aborts it. */
export function uploadThrough({ url, method, headers, file }, port) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    port.onmessage = () => request.abort();
    request.upload.onprogress = ({ loaded, total }) => port.postMessage(total ? loaded / total : 0);
    request.onload = () => resolve({ status: request.status, text: request.responseText });
    request.onerror = () => reject(new TypeError(`Nothing answers at ${url}, or it does not let this page in (CORS).`));
    request.onabort = () => reject(new DOMException("The upload was stopped.", "AbortError"));
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(file);
  });
}

function formOf(file) {
  const form = new FormData();
  form.append("file", file, file.name);
  return form;
}

async function pump(body, port) {
  try {
    const reader = body?.getReader();
    for (let read = await reader?.read(); read && !read.done; read = await reader.read()) {
      port.postMessage({ chunk: read.value });
    }
    port.postMessage({ done: true });
  } catch (error) {
    port.postMessage({ error: String(error.message ?? error) });
  }
}
