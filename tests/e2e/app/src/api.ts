import type { ChatKitOptions } from "@openai/chatkit-react";

import { secrets } from "./record";

/** Hosted: the page's own backend creates a session, each time anew. */
const hosted: ChatKitOptions["api"] = {
  async getClientSecret(currentClientSecret) {
    secrets.push(currentClientSecret);
    const response = await fetch("/api/session", { method: "POST" });
    if (!response.ok) throw new Error(`No session: ${response.status}`);
    const { client_secret } = await response.json();
    return client_secret;
  },
};

/** A server of one's own, which knows the user from a header. */
function custom(url: string, upload: string | null): ChatKitOptions["api"] {
  return {
    url,
    domainKey: "local-dev",
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init?.headers, "X-Mock-User": "ada" } }),
    uploadStrategy:
      upload === "direct" ? { type: "direct", uploadUrl: new URL("files", url).href } : { type: "two_phase" },
  };
}

/** What the address says: `?mode=custom&url=...&upload=direct`, or nothing for hosted. */
export function api(query: URLSearchParams): ChatKitOptions["api"] {
  return query.get("mode") === "custom" ? custom(query.get("url") ?? "/chatkit", query.get("upload")) : hosted;
}
