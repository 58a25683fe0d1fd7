/** Rules of faults in words. */

import { counted, lengthOf, listed, ordinal, said } from "./words.js";

/** A rule as a sentence: which calls, what happens to them, how often and how long. */
export function ruleWords({ match = {}, do: deed = {}, times, lasts }) {
  return [
    ...callWords(match),
    " ",
    ...deedWords(deed),
    ...(times ? [`, ${counted(times, "time")} at most`] : []),
    ...(lasts ? [", for ", said(lengthOf(lasts))] : []),
    ".",
  ];
}

function callWords({ nth, operation, path, workflow, user, session, probability }) {
  const which = nth === undefined ? "Every call" : `The ${listed([nth].flat().map(ordinal)).join("")} call`;
  return [
    which,
    ...(operation ? [" of ", said(operation)] : []),
    ...(path ? [" to ", said(path)] : []),
    ...(workflow ? [" for the workflow ", said(workflow)] : []),
    ...(user ? [" by the user ", said(user)] : []),
    ...(session ? [" in the session ", said(session)] : []),
    ...(probability === undefined ? [] : [`, with a chance of ${percent(probability)},`]),
  ];
}

function deedWords(deed) {
  const deeds = Object.entries(DEEDS)
    .filter(([name]) => deed[name] !== undefined && deed[name] !== false)
    .map(([name, words]) => words(deed[name]));
  return deeds.length ? listed(deeds) : ["goes on unharmed"];
}

const DEEDS = {
  delay: (span) => ["waits ", said(lengthOf(span))],
  end_session: (status) => `finds its session ${status}`,
  error: (error) => errorWords(typeof error === "object" ? error : { status: error }),
  drop: () => "loses its connection without an answer",
  cut: (events) => `loses its connection after ${eventsOf(events)} of a stream`,
  malformed: (events) => `gets broken JSON, in a stream after ${eventsOf(events)}`,
  truncated: (events) => `loses its connection in mid-answer, in a stream within the ${ordinal(next(events))} event`,
  bandwidth: (rate) => `is answered at ${rate.toLocaleString("en")} bytes a second`,
};

function errorWords({ status, message, retry_after: wait }) {
  return [
    `is answered with ${status}`,
    ...(wait === undefined ? [] : [` and retry-after ${wait} s`]),
    ...(message ? [": '", said(message), "'"] : []),
  ];
}

function eventsOf(events) {
  return typeof events === "number" ? counted(events, "event") : `${events} events`;
}

function next(events) {
  return typeof events === "number" ? events + 1 : events;
}

function percent(share) {
  return typeof share === "number" ? `${Number((share * 100).toFixed(2))} %` : share;
}
