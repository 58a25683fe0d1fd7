/** Requests that the page sends for the frame: with the page's origin and cookies, or with the app's own `fetch`. */

/**
 * Send a request with `send`, which works like `fetch`. Resolves to status and headers; the body is posted to `port` in
 * chunks. Any message from `port` aborts the request.
 */
export async function fetchThrough(send, { url, method, headers, body, file }, port) {
  const abort = new AbortController();
  port.onmessage = () => abort.abort();
  const response = await send(url, { method, headers, body: file ? formOf(file) : body, signal: abort.signal });
  pump(response.body, port);
  return { status: response.status, statusText: response.statusText, headers: [...response.headers] };
}

/** Upload a file. Its progress, from 0 to 1, is posted to `port`; any message from `port` aborts the upload. */
export function uploadThrough({ url, method, headers, file }, port) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    port.onmessage = () => request.abort();
    request.upload.onprogress = ({ loaded, total }) => port.postMessage(total ? loaded / total : 0);
    request.onload = () => resolve({ status: request.status, text: request.responseText });
    request.onerror = () => reject(new TypeError(`Could not reach ${url}, or its CORS policy blocks this page.`));
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
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
