/** The DOM of a component tree, updated by differences. */

import { object, text } from "./style.js";

const FIELDS = new Set(["Input", "Textarea", "Select", "DatePicker", "Checkbox", "RadioGroup"]);
const DEEPEST = 60; // maximum nesting depth; deeper components are left out

/** One component: `part` draws its own properties; its children are Nodes. */
class Node {
  constructor(widget, context) {
    this.part = context.makePart(widget, context);
    this.element = this.part.element;
    if (this.part.slot) this.children = new Children(this.part.slot, { ...context, ...this.part.context });
    this.update(widget);
  }

  update(widget) {
    const { children, ...own } = widget;
    const drawn = JSON.stringify(own);
    if (drawn !== this.drawn) this.part.set(own);
    this.drawn = drawn;
    this.children?.set(children);
    this.part.arrange?.();
  }
}

/** The components within an element, in order. */
export class Children {
  constructor(slot, context) {
    this.slot = slot;
    this.context = { ...context, depth: (context.depth ?? 0) + 1 };
    this.nodes = new Map();
  }

  /** Draw the widgets; keep components that were there before, with the user's input. */
  set(widgets) {
    const found = this.context.depth > DEEPEST ? [] : components(widgets);
    const before = this.nodes;
    this.nodes = new Map();
    for (const widget of found) {
      const identity = this.identify(widget);
      this.nodes.set(identity, before.get(identity) ?? widget);
    }
    for (const [identity, node] of before) if (!this.nodes.has(identity)) node.element.remove();
    let cursor = this.slot.firstChild;
    for (const [place, [identity, known]] of [...this.nodes].entries()) {
      const node = known instanceof Node ? known : new Node(found[place], this.context);
      if (known === node) node.update(found[place]);
      this.nodes.set(identity, node);
      if (node.element === cursor) cursor = cursor.nextSibling;
      else this.slot.insertBefore(node.element, cursor);
    }
  }

  // Siblings of the same type are identified by key, id or field name, else by their order.
  identify(widget) {
    const field = FIELDS.has(widget.type) ? widget.name : undefined;
    const shape = [widget.type, widget.asForm === true, Boolean(widget.editable), widget.header === true];
    const name = JSON.stringify([...shape, widget.key ?? widget.id ?? field ?? null]);
    let number = 0;
    while (this.nodes.has(`${name}${number}`)) number += 1;
    return `${name}${number}`;
  }
}

function components(widgets) {
  const list = Array.isArray(widgets) ? widgets : [widgets];
  return list.map(component).filter((widget) => widget !== undefined);
}

function component(widget) {
  if (typeof widget === "string" || typeof widget === "number") return { type: "Text", value: text(widget) };
  return Object.keys(object(widget)).length > 0 ? widget : undefined;
}
