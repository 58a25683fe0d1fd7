/** Addresses: `dashboard/<view>/<parts…>?<query>` and `demo`, each of which can be linked. */

/** Where the page is: the view, the parts behind it, and the query. */
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

/** The address of a view; `query` adds to it. */
export function addressOfView(view, parts = [], query = {}) {
  const path = view === "demo" ? "demo" : ["dashboard", view, ...parts.map(encodeURIComponent)].join("/");
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  return url;
}

/** Calls `arrive(place)` whenever the address changes; links to this page are followed without loading it anew. */
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

  /** Changes the query in place, as a filter does; null takes an entry out. The view stays as it is. */
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
