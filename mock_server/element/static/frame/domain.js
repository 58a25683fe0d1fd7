/** The domain key check. The emulator verifies every domain, unless a fault makes the check fail. */

const LOCAL = /^(localhost|0\.0\.0\.0|\[::1\]|127\..*|.*\.local)$/; // these are not checked (observed)

/** Resolve to false if the emulator does not verify the page's domain, to true otherwise, also if the check fails. */
export async function mayBeShown(chat, origin) {
  const { api } = chat.options;
  if (isLocal(origin) || (api.url && isLocal(new URL(api.url, origin)))) return true;
  const [path, body] = api.url
    ? ["verify", { referrer_origin: origin, domain_key: api.domainKey }]
    : ["verify_hosted", { referrer_origin: origin }];
  try {
    const response = await ask(chat, `/v1/chatkit/domain_keys/${path}`, body);
    const verified = response.ok ? (await response.json()).verified : ![400, 404].includes(response.status);
    if (!verified) chat.emit("error", { error: new Error(`The domain ${origin} is not verified.`) });
    return verified;
  } catch (error) {
    chat.emit("error", { error });
    return true;
  }
}

function ask(chat, path, body) {
  const init = {
    method: "POST",
    headers: { ...chat.transport.headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  return chat.transport.secret ? chat.transport.request(init, path) : fetch(`${chat.base}${path}`, init);
}

function isLocal(address) {
  if (address === "null") return true; // a page opened from a file
  const { protocol, hostname, port } = new URL(address);
  return LOCAL.test(hostname) || port !== "" || !/^https?:$/.test(protocol);
}
