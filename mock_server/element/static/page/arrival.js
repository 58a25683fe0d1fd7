/** Watches a frame until it responds, and finds out why one does not. */

const PATIENCE = 4_000; // milliseconds for a frame to load, and then to respond
const GRACE = 1_000; // milliseconds for a frame that has loaded to be heard of: a page of the browser's own never is
const ASKING = 1_000; // milliseconds for finding out why

export class Arrival {
  #address;
  #failed;
  #timer;
  #isConnected = false;
  #isOver = false;
  #observer = globalThis.ReportingObserver && new ReportingObserver((reports) => this.#read(reports)); // not in Safari

  /** `failed` is called with an Error if the frame at this address, a URL, does not arrive. */
  constructor(address, failed) {
    this.#address = address;
    this.#failed = failed;
    this.#wait(PATIENCE);
    this.#observer?.observe();
    document.addEventListener("securitypolicyviolation", this.#hear);
  }

  /** The frame has loaded a document, which may be the browser's own about an error. */
  loaded() {
    if (!this.#isConnected) this.#wait(GRACE);
  }

  /** The chat's document is in the frame. */
  connected() {
    this.#isConnected = true;
    this.#wait(PATIENCE);
  }

  /** Stop watching. */
  end() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#observer?.disconnect();
    document.removeEventListener("securitypolicyviolation", this.#hear);
  }

  #wait(milliseconds) {
    clearTimeout(this.#timer);
    if (this.#isOver) return;
    this.#timer = setTimeout(() => this.#ask(), milliseconds);
  }

  #hear = ({ effectiveDirective, blockedURI, disposition }) => {
    const { origin } = this.#address;
    const isFrame = effectiveDirective === "frame-src" && new URL(blockedURI, location).origin === origin;
    if (isFrame && disposition === "enforce")
      this.#fail(`the page's Content Security Policy forbids it; add ${origin} to its frame-src`);
  };

  #read(reports) {
    const blocked = ({ type, body }) =>
      type === "coep" && body.disposition === "enforce" && body.blockedURL === this.#address.href;
    if (reports.some(blocked)) this.#fail(ISOLATED);
  }

  async #ask() {
    const before = this.#isConnected;
    const reason = before ? "it does not respond" : await reasonOf(this.#address);
    if (this.#isConnected === before) this.#fail(reason); // else it has arrived meanwhile
  }

  #fail(reason) {
    if (this.#isOver) return;
    this.end();
    this.#failed(new Error(`The chat's frame ${this.#address} did not load: ${reason}.`));
  }
}

const ISOLATED =
  "the page's Cross-Origin-Embedder-Policy forbids it, because the emulator's headers were lost on the way; " +
  "keep them where you redirect its responses";

async function reasonOf(address) {
  let response, text;
  try {
    response = await fetch(address, { credentials: "omit", signal: AbortSignal.timeout(ASKING) });
    text = await response.text();
  } catch {
    return `${address.origin} can't be reached from this page; check that the emulator runs there, and the browser's console`;
  }
  if (!response.ok || !text.includes("data-api-base"))
    return "something else is there; load the script from the emulator itself, not from a copy";
  return globalThis.crossOriginIsolated ? ISOLATED : "the browser blocks it, or what it loads; its console may say why";
}
