/** A virtual list: only the visible rows are in the DOM; further rows are loaded on scrolling. */

import { h, setStyle } from "./ui.js";
import { paced } from "./api.js";

const PAGE = 100; // rows per request
const KEPT = 2000; // maximum number of rows kept while new ones arrive at the top
const SPARE = 8; // rows drawn above and below the visible ones

/** Return a row's key and cursor; an id alone is not unique, since seeds can repeat it in several projects. */
const keyOf = ({ project, id }) => `${project}/${id}`;

export class Table {
  /**
   * `columns`: `[heading, class]` pairs. `read({ after, limit })` resolves to `{ rows, total, has_more }`, newest
   * first; each row has an `id` and a `project`. `cells(row)` returns the contents of its cells, `href(row)` its link.
   * `tick(row, cells)` is called every second for drawn rows. `nothing()` returns the empty state. `counted(total)` is
   * called after each read.
   */
  constructor({ label, columns, read, cells, href, tick = () => {}, nothing, counted = () => {} }) {
    Object.assign(this, { columns, read, cells, href, tickRow: tick, nothing, counted });
    this.rows = [];
    this.drawn = new Map();
    this.total = 0;
    this.hasMore = false;
    this.body = h("div", { class: "rows", role: "rowgroup" });
    this.head = h(
      "div",
      { class: "row head", role: "row" },
      columns.map(([words, kind]) => h("span", { role: "columnheader", class: kind }, words)),
    );
    this.table = h(
      "div",
      { class: "table", role: "table", "aria-label": label },
      h("div", { role: "rowgroup" }, this.head),
      this.body,
    );
    this.scroller = h("div", { class: "scroller" }, this.table);
    this.newer = h("button", { type: "button", class: "newer", hidden: true, onclick: () => this.toTop() });
    this.blank = h("div", { class: "blank", hidden: true });
    this.element = h(
      "div",
      { class: "list", data: { of: label.toLowerCase() } },
      this.newer,
      this.scroller,
      this.blank,
    );
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.refresh = paced(() => this.readTop());
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.scroller);
  }

  get rowHeight() {
    return parseFloat(getComputedStyle(this.element).getPropertyValue("--row")) || 44;
  }

  get atTop() {
    return this.scroller.scrollTop < this.rowHeight;
  }

  /** Clear the list and read it from the top, for example after a filter changed. */
  async reload() {
    this.rows = [];
    this.generation = (this.generation ?? 0) + 1;
    this.scroller.scrollTop = 0;
    await this.readTop();
  }

  async readTop() {
    const { generation } = this;
    const page = await this.attempt({ limit: PAGE });
    if (!page || generation !== this.generation) return;
    if (!this.atTop && this.rows.length) {
      this.announce(page);
      return;
    }
    this.newer.hidden = true;
    const last = page.rows.length && keyOf(page.rows.at(-1));
    const known = page.has_more ? this.rows.findIndex((row) => keyOf(row) === last) : -1; // else the page is complete
    this.hasMore = known < 0 ? page.has_more : this.hasMore || this.rows.length - known - 1 > KEPT - PAGE;
    this.rows = known < 0 ? page.rows : [...page.rows, ...this.rows.slice(known + 1, known + 1 + KEPT - PAGE)];
    this.took(page);
  }

  /** Do not move the rows of a user who scrolled down: only show that there are newer ones. */
  announce(page) {
    const known = new Set(this.rows.map(keyOf));
    const fresh = page.rows.findIndex((row) => known.has(keyOf(row)));
    const count = fresh < 0 ? `${page.rows.length}+` : fresh;
    this.newer.hidden = fresh === 0;
    this.newer.textContent = `${count} newer`;
    this.renew(page.rows);
    this.total = page.total;
    this.counted(this.total);
  }

  /** Update rows that are in the list. */
  renew(rows) {
    const fresh = new Map(rows.map((row) => [keyOf(row), row]));
    this.rows = this.rows.map((row) => fresh.get(keyOf(row)) ?? row);
    this.draw();
  }

  async readOn() {
    if (!this.hasMore || this.reading) return;
    const { generation } = this;
    this.reading = true;
    const page = await this.attempt({ after: this.rows.length ? keyOf(this.rows.at(-1)) : "", limit: PAGE });
    this.reading = false;
    if (!page || generation !== this.generation) return;
    const known = new Set(this.rows.map(keyOf));
    const fresh = page.rows.filter((row) => !known.has(keyOf(row)));
    this.rows.push(...fresh);
    this.hasMore = page.has_more && fresh.length > 0;
    this.took(page);
  }

  async attempt(query) {
    try {
      const page = await this.read(query);
      this.failure = undefined;
      return page;
    } catch (error) {
      this.failure = error;
      if (error.status) this.showBlank(h("div", { class: "empty", role: "alert" }, h("p", {}, error.message)));
      return undefined;
    }
  }

  took(page) {
    this.total = page.total;
    this.counted(this.total);
    if (this.rows.length) this.blank.hidden = true;
    else this.showBlank(this.nothing());
    this.scroller.hidden = !this.rows.length;
    this.table.setAttribute("aria-rowcount", this.total + 1);
    this.draw();
  }

  showBlank(content) {
    this.blank.replaceChildren(content);
    this.blank.hidden = false;
    this.scroller.hidden = true;
  }

  scrolled() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = undefined;
      this.draw();
    });
  }

  /** The range of rows to draw, as `[first, end)`. */
  get sight() {
    const height = this.rowHeight;
    const first = Math.floor(this.scroller.scrollTop / height) - SPARE;
    const count = Math.ceil(this.scroller.clientHeight / height) + 2 * SPARE;
    return [Math.max(0, first), Math.min(this.rows.length, Math.max(0, first) + count)];
  }

  get rowsInSight() {
    return this.rows.slice(...this.sight);
  }

  draw() {
    const height = this.rowHeight;
    const [first, end] = this.sight;
    setStyle(this.body, { height: `${this.rows.length * height}px` });
    const wanted = new Map(this.rows.slice(first, end).map((row, index) => [keyOf(row), [row, first + index]]));
    for (const [key, { element }] of this.drawn) {
      if (wanted.has(key) || element.contains(document.activeElement)) continue;
      element.remove();
      this.drawn.delete(key);
    }
    let before = null;
    for (const [row, index] of wanted.values()) before = this.drawRow(row, index, height, before);
    if (end >= this.rows.length - PAGE / 2) this.readOn();
  }

  /** Draw a row and keep the DOM in visual order, for screen readers. */
  drawRow(row, index, height, before) {
    const drawn = this.drawn.get(keyOf(row)) ?? this.addRow(row);
    const place = before ? before.nextSibling : this.body.firstChild;
    if (place !== drawn.element) this.body.insertBefore(drawn.element, place);
    if (drawn.index !== index) {
      setStyle(drawn.element, { transform: `translateY(${index * height}px)` });
      drawn.element.setAttribute("aria-rowindex", index + 2);
      drawn.index = index;
    }
    if (drawn.row !== row) this.fillRow(row, drawn);
    return drawn.element;
  }

  fillRow(row, drawn) {
    const facts = JSON.stringify(row);
    if (facts !== drawn.facts) {
      const contents = this.cells(row);
      const places = [drawn.link, ...drawn.cells.slice(1)];
      places.forEach((place, at) => place.replaceChildren(...[contents[at] ?? []].flat()));
      drawn.facts = facts;
    }
    drawn.row = row;
    this.tickRow(row, drawn.cells);
  }

  addRow(row) {
    const cells = this.columns.map(([, kind]) => h("span", { role: "cell", class: kind }));
    const link = h("a", { class: "way", href: String(this.href(row)) }); // the whole row can be clicked
    cells[0].append(link);
    const element = h("div", { class: "row", role: "row", data: { id: row.id } }, cells);
    const drawn = { element, cells, link };
    this.drawn.set(keyOf(row), drawn);
    return drawn;
  }

  /** Update the drawn rows. Called every second. */
  tick() {
    for (const { row, cells } of this.drawn.values()) this.tickRow(row, cells);
  }

  toTop() {
    this.scroller.scrollTop = 0;
    this.refresh();
  }

  /** Move the focus by `by` rows. */
  step(by) {
    const at = this.rows.findIndex((row) => this.drawn.get(keyOf(row))?.element.contains(document.activeElement));
    const next = Math.min(this.rows.length - 1, Math.max(0, at + by));
    const height = this.rowHeight;
    const { scrollTop, clientHeight } = this.scroller;
    if (next * height < scrollTop) this.scroller.scrollTop = next * height;
    else if ((next + 2) * height > scrollTop + clientHeight)
      this.scroller.scrollTop = (next + 2) * height - clientHeight;
    this.draw();
    if (this.rows[next]) this.drawn.get(keyOf(this.rows[next]))?.link.focus();
  }

  leave() {
    this.resized.disconnect();
  }
}
