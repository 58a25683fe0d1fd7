/** The turns of a workflow as cards, and why one of them answers. */

import { badge, button, h, icon } from "./ui.js";
import { brief, said } from "./words.js";
import { stepWords, whenWords } from "./workflow_words.js";
import { Keyed } from "./keyed.js";

const DEFAULT = "default";
const NAMES = {
  kind: "what comes",
  "text.equals": "text is",
  "text.contains": "text contains",
  "text.regex": "text matches",
  text: "text contains",
};

export class Turns {
  /** `tryTurn(when)` tries a message that a turn is for. */
  constructor(tryTurn) {
    this.element = h("ol", { class: "flow-turns", tabindex: 0, "aria-label": "Turns" });
    this.keyed = new Keyed(
      this.element,
      ({ index }) => index,
      (turn) => new Card(turn, tryTurn),
    );
  }

  show({ turns = [], default: otherwise }) {
    const cards = turns.map(({ when, reply }, index) => ({ index, when, reply }));
    this.keyed.show([...cards, { index: DEFAULT, reply: otherwise }]);
    this.explain(this.trial);
  }

  /** Shows what a trial found; undefined takes that away. */
  explain(trial) {
    this.trial = trial;
    const answering = trial && (trial.matched === "turn" ? trial.index : DEFAULT);
    const cards = [...(trial?.turns ?? []), { index: DEFAULT, fits: answering === DEFAULT, conditions: [] }];
    for (const card of cards) this.keyed.part(card.index)?.explain(trial && card, card.index === answering);
    if (!trial) for (const each of this.element.children) delete each.dataset.verdict;
    if (answering !== this.answering && answering !== undefined) this.reveal(answering);
    this.answering = answering;
  }

  /** Brings a card into sight without moving the page, where the list scrolls by itself. */
  reveal(index) {
    const { element } = this.keyed.part(index) ?? {};
    if (!element) return;
    const { scrollTop, clientHeight } = this.element;
    const [top, bottom] = [element.offsetTop, element.offsetTop + element.offsetHeight];
    if (top < scrollTop || bottom > scrollTop + clientHeight) this.element.scrollTop = top - 8;
  }

  /** Brings the card that answers into sight. */
  goTo() {
    this.keyed.part(this.answering)?.element.scrollIntoView({ block: "center" });
  }
}

class Card {
  constructor({ index }, tryTurn) {
    this.verdict = h("span", { class: "flow-verdict" });
    this.when = h("p", { class: "flow-when" });
    this.steps = h("ul", { class: "flow-steps" });
    this.reasons = h("div", {});
    const name = index === DEFAULT ? "Otherwise" : `Turn ${index + 1}`;
    this.name = name;
    const retry = index === DEFAULT ? undefined : button("Try it", () => tryTurn(this.turn.when));
    retry?.setAttribute("aria-label", `Try it: turn ${index + 1}`);
    const head = h("div", { class: "flow-head" }, h("h3", {}, name), this.verdict, retry);
    this.element = h("li", { class: "flow-turn" }, head, this.when, this.reasons, this.steps);
  }

  update(turn) {
    const facts = JSON.stringify(turn);
    if (facts === this.facts) return;
    this.facts = facts;
    this.turn = turn;
    this.when.replaceChildren(...(turn.when ? whenWords(turn.when) : ["When no turn fits"]));
    this.steps.replaceChildren(...stepsOf(turn));
  }

  explain(found, answers) {
    const isIdle = !found || (found.index === DEFAULT && !answers);
    const verdict = isIdle ? undefined : answers ? "answers" : found.fits ? "later" : "no";
    if (verdict) this.element.dataset.verdict = verdict;
    else delete this.element.dataset.verdict;
    const [words, tone] = VERDICTS[verdict] ?? [];
    this.verdict.replaceChildren(...(words ? [badge(words, tone)] : []));
    this.reasons.replaceChildren(...(found?.conditions.length ? [reasonsOf(found.conditions, this.name)] : []));
  }
}

const VERDICTS = {
  answers: ["Answers", "good"],
  later: ["Fits, but an earlier turn answers", "warn"],
  no: ["Does not fit", "dim"],
};

function stepsOf({ index, reply }) {
  if (reply === undefined) return [h("li", {}, badge("echo", "info"), h("span", {}, "Repeats what the user says"))];
  if (!reply.length)
    return [h("li", {}, badge(index === DEFAULT ? "nothing" : "silence", "dim"), h("span", {}, "Says nothing"))];
  return reply.map((step) => {
    const [kind, words] = stepWords(step);
    return h("li", {}, badge(kind, TONES[kind] ?? "info"), said(words));
  });
}

const TONES = {
  error: "bad",
  disconnect: "bad",
  lock: "warn",
  close: "warn",
  pause: "dim",
  title: "dim",
  end_of_turn: "dim",
  message: "good",
};

function reasonsOf(conditions, turn) {
  const head = ["Condition", "Wanted", "Given", "Fits"].map((words) => h("th", { scope: "col" }, words));
  return h(
    "table",
    { class: "flow-reasons", "aria-label": `Why ${turn}` },
    h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, conditions.map(reasonOf)),
  );
}

function reasonOf({ name, wanted, given, fits }) {
  const label = fits ? "Fits" : "Does not fit";
  return h(
    "tr",
    { data: { fits } },
    h("th", { scope: "row" }, NAMES[name] ?? name),
    h("td", {}, wordsOf(wanted, "any")),
    h("td", {}, wordsOf(given, "nothing")),
    h(
      "td",
      {},
      h("span", { class: "flow-fits", role: "img", "aria-label": label }, icon(`lucide:${fits ? "check" : "x"}`)),
    ),
  );
}

function wordsOf(value, blank) {
  if (value === null || value === undefined) return h("span", { class: "faint" }, "nothing");
  if (value === "") return h("span", { class: "faint" }, blank);
  return said(brief(value));
}
