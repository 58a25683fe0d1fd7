/** The calls that a server of the user's own made to its Store, while it handled a request. */

import { h, section } from "./ui.js";
import { millisecondsOf } from "./clocks.js";

const HEADS = ["Began after", "Took", "Call", "Result"];

export class StoreView {
  constructor() {
    this.rows = h("tbody");
    const heads = h("thead", {}, h("tr", {}, ...HEADS.map((head) => h("th", { scope: "col" }, head))));
    this.shown = section("Store", h("div", { class: "whole", tabindex: 0 }, h("table", { class: "settings" }, heads, this.rows)));
    this.element = h("div", { class: "column", hidden: true });
    this.element.append(this.shown);
  }

  /** Show a record's calls; nothing where there is no Store. */
  show({ store }) {
    const state = JSON.stringify(store);
    if (!store?.length || state === this.state) return;
    this.state = state;
    this.element.hidden = false;
    this.rows.replaceChildren(...store.map(rowOf));
  }
}

function rowOf({ call, result, milliseconds, at }) {
  const took = milliseconds === null ? "still running" : millisecondsOf(milliseconds);
  const cells = [millisecondsOf(at), took, h("code", {}, h("bdi", { dir: "ltr" }, call)), result ?? ""];
  return h("tr", {}, ...cells.map((cell) => h("td", {}, cell)));
}
