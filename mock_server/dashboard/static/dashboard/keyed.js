/** A list whose entries keep their elements, and thus their focus and scroll position, across redraws. */

export class Keyed {
  #parts = new Map();

  /** `make(entry)` returns `{ element, update(entry) }`; entries with the same `keyOf(entry)` share one element. */
  constructor(parent, keyOf, make) {
    Object.assign(this, { parent, keyOf, make });
  }

  /** Return what `make` returned for the entry with this key, or undefined. */
  part(key) {
    return this.#parts.get(key);
  }

  show(entries) {
    const keys = new Set(entries.map(this.keyOf));
    for (const [key, { element }] of this.#parts) {
      if (keys.has(key)) continue;
      element.remove();
      this.#parts.delete(key);
    }
    let before = null;
    for (const entry of entries) {
      const { element } = this.#placed(entry, before);
      before = element;
    }
  }

  #placed(entry, before) {
    const key = this.keyOf(entry);
    const part = this.#parts.get(key) ?? this.make(entry);
    this.#parts.set(key, part);
    const place = before ? before.nextSibling : this.parent.firstChild;
    if (place !== part.element) this.parent.insertBefore(part.element, place);
    part.update(entry);
    return part;
  }
}
