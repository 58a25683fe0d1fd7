/** Conversion between the composer's text, with tags as `@title`, and the content parts of a message. */

/** Split a text into content parts at the `tags` that it mentions. */
export function contentOf(text, tags) {
  const known = tags.filter((tag) => text.includes(`@${tag.title}`));
  const pieces = [];
  let rest = text;
  while (rest) {
    const next = nextTag(rest, known);
    const plain = next ? rest.slice(0, next.place) : rest;
    if (plain) pieces.push({ type: "input_text", text: plain });
    if (next) pieces.push(tagOf(next.tag));
    rest = next ? rest.slice(next.place + next.tag.title.length + 1) : "";
  }
  return pieces;
}

/** Return `[text, tags]` for content parts. */
export function fromContent(pieces) {
  const tags = pieces.filter(({ type }) => type === "input_tag").map(({ text, ...tag }) => ({ ...tag, title: text }));
  return [pieces.map(({ type, text }) => (type === "input_tag" ? `@${text}` : text)).join(""), tags];
}

function nextTag(text, tags) {
  const found = tags.map((tag) => ({ tag, place: text.indexOf(`@${tag.title}`) })).filter(({ place }) => place >= 0);
  return found.sort((a, b) => a.place - b.place || b.tag.title.length - a.tag.title.length)[0];
}

function tagOf({ title, id, group, data, interactive }) {
  return {
    type: "input_tag",
    text: title,
    id,
    ...(group && { group }),
    data: data ?? {},
    interactive: Boolean(interactive),
  };
}
