/** URLs of the views: `dashboard/<view>/<parts…>?<query>` and `demo`. */

/** Parse a URL into `{ view, parts, query }`. */
export function placeOf(address) {
  const url = new URL(address, document.baseURI);
  const base = new URL(document.baseURI).pathname;
  const [page, view = "sessions", ...parts] = url.pathname
    .slice(base.length)
    .split("/")
    .filter(Boolean)
    .map((part) => decodeURIComponent(part));
  const query = url.searchParams;
  return page === "demo" ? { view: "demo", parts: [], query } : { view, parts, query };
}

/** Return the URL of a view; empty `query` entries are left out. */
export function addressOfView(view, parts = [], query = {}) {
  const path = view === "demo" ? "demo" : ["dashboard", view, ...parts.map(encodeURIComponent)].join("/");
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  return url;
}

/** Call `arrive(place)` on every URL change; follow links between views without reloading the page. */
export class Router {
  constructor(arrive) {
    this.arrive = arrive;
    addEventListener("popstate", () => arrive(placeOf(location)));
    document.addEventListener("click", (event) => this.follow(event));
  }

  follow(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.origin !== location.origin || !isView(link) || link.target) return;
    event.preventDefault();
    this.go(link.href);
  }

  go(address) {
    if (String(address) !== location.href) history.pushState(null, "", address);
    this.arrive(placeOf(location));
  }

  /** Change the query in place, without redrawing the view; null or "" removes an entry. */
  note(changes) {
    const url = new URL(location);
    for (const [name, value] of Object.entries(changes)) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    history.replaceState(null, "", url);
  }
}

function isView(link) {
  const base = new URL(document.baseURI).pathname;
  return /^(dashboard(\/|$)|demo$)/.test(link.pathname.slice(base.length));
}
