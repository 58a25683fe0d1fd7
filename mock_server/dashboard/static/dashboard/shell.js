/** The frame around every view: navigation, project selector, connection state, toasts. */

import { h, icon } from "./ui.js";
import { Shortcuts } from "./shortcuts.js";

const VIEWS = [
  ["demo", "Chat", "message-circle-more"],
  ["sessions", "Sessions", "key-round"],
  ["threads", "Threads", "message-square"],
  ["requests", "Requests", "activity"],
  ["time", "Time", "clock"],
  ["faults", "Faults", "zap"],
  ["workflows", "Workflows", "workflow"],
];
const SCHEMES = { system: "monitor", light: "sun", dark: "moon" };

export class Shell {
  constructor(app) {
    this.app = app;
    this.toasts = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    this.main = h("main", { id: "main", tabindex: -1 });
    this.lamp = h("span", { class: "lamp", data: { state: "new" } }, "Connecting");
    this.projects = h("select", { "aria-label": "Project", onchange: () => app.choose(this.projects.value) });
    this.links = new Map();
    useScheme(localStorage.getItem("scheme") ?? "system");
  }

  begin() {
    this.shortcuts = new Shortcuts(this.app);
    document.body.replaceChildren(
      h(
        "a",
        { class: "skip", href: "#main", onclick: (event) => (event.preventDefault(), this.main.focus()) },
        "Skip to content",
      ),
      h("header", { class: "bar" }, this.brand(), this.projects, this.lamp, this.tools()),
      h(
        "nav",
        { class: "nav", "aria-label": "Views" },
        VIEWS.map((view) => this.way(view)),
        this.aside(),
      ),
      this.main,
      this.toasts,
    );
    this.count();
  }

  brand() {
    return h(
      "a",
      { class: "brand", href: String(this.app.href("sessions")), "aria-label": "ChatKit emulator" },
      h("img", { src: "_static/icon.svg", alt: "" }),
      h("strong", {}, "ChatKit emulator"),
    );
  }

  tools() {
    const scheme = h("button", { type: "button", class: "tool" });
    const draw = (name) => {
      scheme.replaceChildren(icon(`lucide:${SCHEMES[name]}`));
      scheme.setAttribute("aria-label", `Colour scheme: ${name}`);
      scheme.title = `Colour scheme: ${name}`;
    };
    scheme.addEventListener("click", () => {
      const names = Object.keys(SCHEMES);
      const next = names[(names.indexOf(localStorage.getItem("scheme") ?? "system") + 1) % names.length];
      localStorage.setItem("scheme", next);
      useScheme(next);
      draw(next);
    });
    draw(localStorage.getItem("scheme") ?? "system");
    const keys = h(
      "button",
      {
        type: "button",
        class: "tool",
        "aria-label": "Keyboard shortcuts",
        title: "Keyboard shortcuts (?)",
        onclick: () => this.shortcuts.help(),
      },
      icon("lucide:keyboard"),
    );
    return h("div", { class: "tools" }, scheme, keys);
  }

  way([view, words, symbol]) {
    const count = h("span", { class: "count" });
    const link = h("a", { href: "#" }, icon(`lucide:${symbol}`), h("span", { class: "words" }, words), count);
    this.links.set(view, { link, count });
    return link;
  }

  aside() {
    return h(
      "div",
      { class: "aside" },
      h("a", { href: "docs" }, icon("lucide:book-open"), h("span", { class: "words" }, "API reference")),
    );
  }

  /** Update the project selector and the counts in the navigation. */
  count() {
    const { app } = this;
    const names = app.projects.map(({ project }) => project);
    if (app.project !== "*" && !names.includes(app.project)) names.push(app.project);
    const options = [["*", `All projects (${app.projects.length})`], ...names.map((name) => [name, name])];
    const facts = JSON.stringify(options);
    if (facts !== this.facts) {
      this.facts = facts;
      this.projects.replaceChildren(...options.map(([value, words]) => h("option", { value }, words)));
    }
    this.projects.value = app.project;
    const shown = app.projects.filter(({ project }) => app.project === "*" || project === app.project);
    for (const kind of ["sessions", "threads", "requests", "faults"]) {
      const total = shown.reduce((sum, project) => sum + project[kind], 0);
      this.links.get(kind).count.textContent = total ? compact(total) : "";
    }
  }

  show(name, view) {
    for (const [each, { link }] of this.links) {
      link.href = String(this.app.href(each));
      if (each === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.title = `${view.title} | ChatKit emulator`;
    this.main.dataset.view = name;
    this.main.replaceChildren(view.element);
    this.main.scrollTop = 0;
    this.count();
  }

  /** Show the connection state, "live" or "lost"; the toast about a lost connection stays until it is restored. */
  connection(state) {
    const was = this.lamp.dataset.state;
    this.lamp.dataset.state = state;
    this.lamp.textContent = state === "live" ? "Live" : "Disconnected";
    this.lost?.remove();
    this.lost = undefined;
    if (state === "lost") {
      const words = "The emulator is not responding. Start it again; this page reconnects automatically.";
      this.lost = this.toast(words, "bad", Infinity);
    } else if (was === "lost") this.toast("Reconnected to the emulator.", "good");
  }

  toast(words, tone = "plain", stays = 5000) {
    const close = h(
      "button",
      { type: "button", "aria-label": "Dismiss", onclick: () => toast.remove() },
      icon("lucide:x"),
    );
    const toast = h("div", { class: "toast", data: { tone } }, h("span", {}, words), close);
    this.toasts.append(toast);
    if (Number.isFinite(stays)) setTimeout(() => toast.remove(), stays);
    return toast;
  }
}

function useScheme(name) {
  document.documentElement.style.colorScheme = name === "system" ? "light dark" : name;
  document.documentElement.dataset.scheme = name;
}

function compact(number) {
  return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(number);
}
