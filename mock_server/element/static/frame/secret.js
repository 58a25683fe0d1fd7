/** The client secret of hosted mode: requested once, renewed 30 s before it expires and after a 401. */

const SKEW = 30_000; // milliseconds (observed)

/** Thrown for a secret that cannot be used; it is not sent anywhere. */
export class SecretRefused extends Error {
  /** Shown in the chat too, since only the app's developer sees it. */
  get shown() {
    return this.message;
  }
}

export class ClientSecret {
  /** `ask(current)` is the app's getClientSecret; `now()` returns the server's time in milliseconds. */
  constructor(ask, now) {
    this.ask = ask;
    this.now = now;
    this.current = null;
  }

  /** Return a secret that is valid for a request; renew it if needed. */
  async get() {
    if (this.current === null || endOf(this.current) - SKEW <= this.now()) await this.renew();
    return this.current;
  }

  /** Request another secret; concurrent calls share one request. Resolves to whether the secret changed. */
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

/** Return when a secret expires, in unix milliseconds. Throws SecretRefused if it is malformed or not ours. */
export function endOf(secret) {
  const last = String(secret).lastIndexOf("_");
  const version = String(secret).slice(last + 1, last + 3);
  if (!["00", "01"].includes(version))
    refuse(typeof secret === "string" ? `Unsupported token version: "${version}"` : "Invalid client secret format");
  if (!/^ek_[0-9a-f]{32}0facade/.test(secret)) {
    refuse(
      "This secret was not issued by the emulator, so it was not sent anywhere. " +
        "Create the session with the emulator: set your server's base URL to it.",
    );
  }
  try {
    const { expires_at: end } = JSON.parse(atob(secret.slice(last + 3)));
    if (typeof end === "number") return end * 1000;
  } catch {
    // handled below
  }
  return refuse("Invalid client secret format");
}

function refuse(words) {
  throw new SecretRefused(`ChatKitOptions.api.getClientSecret():\n${words}`);
}
