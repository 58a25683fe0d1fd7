/** Widgets: renders a tree of JSON components from the server. */

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

// Each component is a function of (widget, context): {element, slot?, context?, set(own properties), arrange?()}.
const PARTS = new Map(Object.entries({
  Badge, Basic, Box, Button, Caption, Card, Chart, Checkbox, Col, DatePicker, Divider, Form, Icon, Image, Input, Label,
  ListView, ListViewItem, "Markdown": MarkdownText, RadioGroup, Row, Select, Spacer, Table, "Table.Cell": Cell,
  "Table.Row": TableRow, Text, Textarea, Title, Transition,
}));

/** The view of a widget, updated in place. */
export class WidgetView {
  /** `host`: `{scheme, locale, act(action): Promise}`. */
  constructor(widget, host) {
    this.element = h("div", { class: "widget" });
    this.root = new Children(this.element, { host, view: this.element, makePart });
    this.update(widget);
  }

  /** Show a new version of the widget; unchanged parts keep the user's input, focus and caret. */
  update(widget) {
    this.root.set(widget);
    linkLabels(this.element);
  }
}

function makePart(widget, context) {
  return (PARTS.get(widget.type) ?? Unsupported)(widget, context);
}
