/** Faults described in sentences. */

import { counted, lengthOf, listed, ordinal, said } from "./words.js";

/** Return a sentence, as a list of nodes: which requests, what happens to them, how often and for how long. */
export function ruleWords({ match = {}, do: deed = {}, times, lasts }) {
  return [
    ...callWords(match),
    " ",
    ...deedWords(deed),
    ...(times ? [`, at most ${counted(times, "time")}`] : []),
    ...(lasts ? [", for ", said(lengthOf(lasts))] : []),
    ".",
  ];
}

function callWords({ nth, operation, path, workflow, user, session, probability }) {
  const which = nth === undefined ? "Every request" : `The ${listed([nth].flat().map(ordinal)).join("")} request`;
  return [
    which,
    ...(operation ? [" to ", said(operation)] : []),
    ...(path ? [" with path ", said(path)] : []),
    ...(workflow ? [" for workflow ", said(workflow)] : []),
    ...(user ? [" by user ", said(user)] : []),
    ...(session ? [" in session ", said(session)] : []),
    ...(probability === undefined ? [] : [`, with a probability of ${percent(probability)},`]),
  ];
}

function deedWords(deed) {
  const deeds = Object.entries(DEEDS)
    .filter(([name]) => deed[name] !== undefined && deed[name] !== false)
    .map(([name, words]) => words(deed[name]));
  return deeds.length ? listed(deeds) : ["passes unchanged"];
}

const DEEDS = {
  delay: (span) => ["is delayed by ", said(lengthOf(span))],
  end_session: (status) => `finds its session ${status}`,
  error: (error) => errorWords(typeof error === "object" ? error : { status: error }),
  drop: () => "loses its connection without a response",
  cut: (events) => `loses its connection after ${eventsOf(events)} of the stream`,
  malformed: (events) => `gets malformed JSON (in a stream, after ${eventsOf(events)})`,
  truncated: (events) => `gets a truncated response (in a stream, within the ${ordinal(next(events))} event)`,
  bandwidth: (rate) => `is limited to ${rate.toLocaleString("en")} bytes per second`,
};

function errorWords({ status, message, retry_after: wait }) {
  return [
    `fails with status ${status}`,
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
  return typeof share === "number" ? `${Number((share * 100).toFixed(2))}%` : share;
}
