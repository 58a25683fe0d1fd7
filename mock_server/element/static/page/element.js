/** The custom element in the page: an iframe, and the connection to it. */

import { Arrival } from "./arrival.js";
import { Line, revivedError } from "./line.js";
import { fetchThrough, uploadThrough } from "./network.js";
import { callAt, withoutFunctions } from "./functions.js";

const NAME = "openai-chatkit";
const FRAME = new URL("frame.html", document.currentScript?.src || "SERVED_AT");

/** @implements {Contract} the element's public interface, which tests compare with `@openai/chatkit` */
export class OpenAIChatKitElement extends HTMLElement {
  #options;
  #frame;
  #line;
  #arrival;
  #opened = deferred();

  constructor() {
    super();
    const looks = new CSSStyleSheet();
    looks.replaceSync(
      `:host { display: block; min-height: 0 }
       :host([hidden]), iframe[hidden] { display: none }
       iframe { border: 0; display: block; height: 100%; width: 100% }
       p { font: 14px/1.5 system-ui, sans-serif; margin: 0; overflow-wrap: anywhere; padding: 16px }`,
    );
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [looks];
  }

  connectedCallback() {
    addEventListener("message", this.#hear);
    if (this.#options) this.#open();
  }

  disconnectedCallback() {
    removeEventListener("message", this.#hear);
    this.#close(); // reattaching an iframe reloads it, which ends its streams
  }

  /** Replace all options; can be called at any time, also before the element is in the document. */
  setOptions(options) {
    this.#options = options;
    if (this.#frame) {
      this.#frame.title = titleOf(options);
      if (this.#line) this.#tellOptions();
    } else if (this.isConnected) this.#open();
  }

  focusComposer() {
    this.#frame?.focus();
    return this.#call("focusComposer");
  }

  setThreadId(threadId) {
    return this.#call("setThreadId", threadId);
  }

  sendUserMessage(params) {
    return this.#call("sendUserMessage", params);
  }

  setComposerValue(params) {
    return this.#call("setComposerValue", params);
  }

  fetchUpdates() {
    return this.#call("fetchUpdates");
  }

  sendCustomAction(action, itemId) {
    return this.#call("sendCustomAction", action, itemId);
  }

  showHistory() {
    return this.#call("showHistory");
  }

  hideHistory() {
    return this.#call("hideHistory");
  }

  async #call(name, ...args) {
    if (!this.#options) throw new Error(`${name}() was called before setOptions().`);
    if (!this.isConnected) throw new Error(`${name}() requires the element to be in the document.`);
    await this.#opened.promise;
    await this.#line.call("method", [name, args]);
  }

  #open() {
    const frame = (this.#frame = document.createElement("iframe"));
    frame.className = "ck-iframe";
    frame.name = "chatkit";
    frame.title = titleOf(this.#options);
    frame.allow = "microphone; clipboard-write";
    frame.src = FRAME.href;
    this.#arrival = new Arrival(FRAME, (error) => this.#miss(error));
    frame.addEventListener("load", () => this.#arrival?.loaded());
    this.shadowRoot.append(frame);
  }

  /** Connect the frame when its document says that it is there. */
  #hear = ({ source, origin, data }) => {
    const frame = this.#frame;
    if (frame && source === frame.contentWindow && origin === FRAME.origin && data?.type === "chatkit-mock.there")
      this.#connect(frame);
  };

  #connect(frame) {
    this.#line?.close();
    const { port1, port2 } = new MessageChannel();
    this.#line = new Line(port1, this.#answers(frame));
    frame.contentWindow.postMessage({ type: "chatkit-mock.connect" }, FRAME.origin, [port2]);
    this.#arrival.connected();
    this.#tellOptions();
  }

  /** The chat is there, be it later than expected. */
  #begin() {
    this.#arrival.end();
    this.#frame.hidden = false;
    this.shadowRoot.querySelector("p")?.remove();
    this.#opened.resolve();
  }

  /** Say that the frame is missing, where it would be and to the page. */
  #miss(error) {
    const alert = document.createElement("p");
    alert.role = "alert";
    alert.textContent = error.message;
    this.shadowRoot.append(alert);
    this.#frame.hidden = true;
    this.#refuse(error);
  }

  #tellOptions() {
    this.#line.tell("setOptions", withoutFunctions(this.#options));
  }

  #close() {
    this.#arrival?.end();
    this.#line?.close();
    this.shadowRoot.replaceChildren();
    this.#line = this.#frame = this.#arrival = undefined;
    this.#opened.reject(new Error("The element was removed from the document."));
    this.#opened = deferred();
  }

  /** Report invalid options and reject the calls that wait for the chat. */
  #refuse(error) {
    this.#arrival?.end();
    this.#opened.reject(error);
    this.#opened = deferred();
    this.#fail(error);
  }

  /** Return the functions that the frame can call. */
  #answers(frame) {
    return {
      opened: () => this.#begin(),
      emit: (name, detail) => this.#emit(name, detail),
      refused: (error) => this.#refuse(revivedError(error)),
      fail: (error) => this.#fail(revivedError(error)),
      option: (place, args) => callAt(this.#options, place, args),
      fetch: (request, port) => fetchThrough(this.#options.api?.fetch ?? ((...args) => fetch(...args)), request, port),
      upload: uploadThrough,
      origin: () => location.origin,
      unmount: () => frame.remove(),
    };
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`chatkit.${name}`, { detail }));
  }

  #fail(error) {
    console.warn("ChatKit:", error);
    this.#emit("error", { error });
  }
}

function titleOf(options) {
  return typeof options?.frameTitle === "string" ? options.frameTitle : "Chat";
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  made.promise.catch(() => {});
  return made;
}

// The script can be loaded twice.
if (!customElements.get(NAME)) customElements.define(NAME, OpenAIChatKitElement);
