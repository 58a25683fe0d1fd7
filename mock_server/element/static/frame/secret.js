/** The client secret of hosted mode: asked for once, renewed 30 s before its end and after a 401. */

const SKEW = 30_000; // milliseconds (observed)

/** Thrown for a secret that can't be used; it is sent nowhere. */
export class SecretRefused extends Error {
  /** For the user too: it is the app's author who sees it. */
  get shown() {
    return this.message;
  }
}

export class ClientSecret {
  /** `ask(current)` is the app's getClientSecret; `now()` tells the server's time in milliseconds. */
  constructor(ask, now) {
    this.ask = ask;
    this.now = now;
    this.current = null;
  }

  /** A secret that will do for a request. */
  async get() {
    if (this.current === null || endOf(this.current) - SKEW <= this.now()) await this.renew();
    return this.current;
  }

  /** Asks for another secret, once however many wait for it. Says whether it is another one. */
  async renew() {
    this.asking ??= this.fetch().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  async fetch() {
    const before = this.current;
    const given = await this.ask(before);
    endOf(given);
    this.current = given;
    return given !== before;
  }
}

/** When a secret ends, in milliseconds; throws SecretRefused for one that is malformed or not the emulator's. */
export function endOf(secret) {
  const last = String(secret).lastIndexOf("_");
  const version = String(secret).slice(last + 1, last + 3);
  if (!["00", "01"].includes(version))
    refuse(typeof secret === "string" ? `Unsupported token version: "${version}"` : "Invalid client secret format");
  if (!/^ek_[0-9a-f]{32}0facade/.test(secret)) {
    refuse(
      "This secret was not issued by the emulator, so it is sent nowhere. Create the session at the emulator: point your server's base URL at it.",
    );
  }
  try {
    const { expires_at: end } = JSON.parse(atob(secret.slice(last + 3)));
    if (typeof end === "number") return end * 1000;
  } catch {
    // as below
  }
  return refuse("Invalid client secret format");
}

function refuse(words) {
  throw new SecretRefused(`ChatKitOptions.api.getClientSecret():\n${words}`);
}
