/** Widgets: a tree of JSON from the server as a picture, with a user who can act on it. */

import { h } from "../dom.js";
import { Button } from "./buttons.js";
import { Chart } from "./chart.js";
import { Checkbox, DatePicker, RadioGroup, Select } from "./choices.js";
import { Badge, Icon, Image, Unsupported } from "./content.js";
import { Input, Textarea } from "./fields.js";
import { linkLabels } from "./labels.js";
import { Basic, Box, Col, Divider, Form, Row, Spacer, Transition } from "./layout.js";
import { ListView, ListViewItem } from "./list.js";
import { Children } from "./node.js";
import { Card } from "./roots.js";
import { Cell, Table, TableRow } from "./table.js";
import { Caption, Label, MarkdownText, Text, Title } from "./text.js";

// A part is made of (widget, context): {element, slot?, context?, set(own properties), arrange?()}.
const PARTS = new Map(Object.entries({
  Badge, Basic, Box, Button, Caption, Card, Chart, Checkbox, Col, DatePicker, Divider, Form, Icon, Image, Input, Label,
  ListView, ListViewItem, "Markdown": MarkdownText, RadioGroup, Row, Select, Spacer, Table, "Table.Cell": Cell,
  "Table.Row": TableRow, Text, Textarea, Title, Transition,
}));

/** Draws a widget and keeps its picture as it changes. */
export class WidgetView {
  /** `host`: `{scheme, locale, act(action): Promise}`. */
  constructor(widget, host) {
    this.element = h("div", { class: "widget" });
    this.root = new Children(this.element, { host, view: this.element, makePart });
    this.update(widget);
  }

  /** Another version of the same widget; what did not change stays, with the user's input, focus and caret. */
  update(widget) {
    this.root.set(widget);
    linkLabels(this.element);
  }
}

function makePart(widget, context) {
  return (PARTS.get(widget.type) ?? Unsupported)(widget, context);
}
