/** The turns of a workflow as cards, with the reasons why each does or does not match. */

import { badge, button, h, icon } from "./ui.js";
import { brief, said } from "./words.js";
import { stepWords, whenWords } from "./workflow_words.js";
import { Keyed } from "./keyed.js";

const DEFAULT = "default";
const NAMES = {
  kind: "kind of input",
  "text.equals": "text is",
  "text.contains": "text contains",
  "text.regex": "text matches",
  text: "text contains",
};

export class Turns {
  /** `tryTurn(when)` tries an input that matches a turn. */
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

  /** Show the result of a trial; undefined clears it. */
  explain(trial) {
    this.trial = trial;
    const answering = trial && (trial.matched === "turn" ? trial.index : DEFAULT);
    const cards = [...(trial?.turns ?? []), { index: DEFAULT, fits: answering === DEFAULT, conditions: [] }];
    for (const card of cards) this.keyed.part(card.index)?.explain(trial && card, card.index === answering);
    if (!trial) for (const each of this.element.children) delete each.dataset.verdict;
    if (answering !== this.answering && answering !== undefined) this.reveal(answering);
    this.answering = answering;
  }

  /** Scroll the list, but not the page, to a card. */
  reveal(index) {
    const { element } = this.keyed.part(index) ?? {};
    if (!element) return;
    const { scrollTop, clientHeight } = this.element;
    const [top, bottom] = [element.offsetTop, element.offsetTop + element.offsetHeight];
    if (top < scrollTop || bottom > scrollTop + clientHeight) this.element.scrollTop = top - 8;
  }

  /** Scroll the page to the card that is used. */
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
    const name = index === DEFAULT ? "Default" : `Turn ${index + 1}`;
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
    this.when.replaceChildren(...(turn.when ? whenWords(turn.when) : ["When no turn matches"]));
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
  answers: ["Used", "good"],
  later: ["Matches, but an earlier turn is used", "warn"],
  no: ["Does not match", "dim"],
};

function stepsOf({ index, reply }) {
  if (reply === undefined) return [h("li", {}, badge("echo", "info"), h("span", {}, "Echoes the user's message"))];
  if (!reply.length)
    return [h("li", {}, badge("empty", "dim"), h("span", {}, "Sends no reply"))];
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
  const head = ["Condition", "Expected", "Actual", "Matches"].map((words) => h("th", { scope: "col" }, words));
  return h(
    "table",
    { class: "flow-reasons", "aria-label": `Conditions of ${turn}` },
    h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, conditions.map(reasonOf)),
  );
}

function reasonOf({ name, wanted, given, fits }) {
  const label = fits ? "Matches" : "Does not match";
  return h(
    "tr",
    { data: { fits } },
    h("th", { scope: "row" }, NAMES[name] ?? name),
    h("td", {}, wordsOf(wanted, "any")),
    h("td", {}, wordsOf(given, "empty")),
    h(
      "td",
      {},
      h("span", { class: "flow-fits", role: "img", "aria-label": label }, icon(`lucide:${fits ? "check" : "x"}`)),
    ),
  );
}

function wordsOf(value, blank) {
  if (value === null || value === undefined) return h("span", { class: "faint" }, "none");
  if (value === "") return h("span", { class: "faint" }, blank);
  return said(brief(value));
}
