/** Options are data and functions; the functions stay in the page, and the frame calls them by their place. */

/** The options with `{$function: "entities.onTagSearch"}` for each function. */
export function withoutFunctions(value, place = "") {
  if (typeof value === "function") return { $function: place };
  if (Array.isArray(value)) return value.map((each, index) => withoutFunctions(each, inside(place, index)));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutFunctions(each, inside(place, key))]),
  );
}

/** The same options with functions again, each of which calls `call(place, args)`. */
export function withFunctions(value, call) {
  if (Array.isArray(value)) return value.map((each) => withFunctions(each, call));
  if (!isPlain(value)) return value;
  if (typeof value.$function === "string") return (...args) => call(value.$function, args);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withFunctions(each, call)]));
}

/** Calls the function at a place of the options. */
export function callAt(options, place, args) {
  const keys = place.split(".");
  const name = keys.pop();
  const holder = keys.reduce((value, key) => (value && Object.hasOwn(value, key) ? value[key] : undefined), options);
  if (!holder || !Object.hasOwn(holder, name) || typeof holder[name] !== "function")
    throw new Error(`The options have no function ${place} any more.`);
  return holder[name](...args);
}

function inside(place, key) {
  return place ? `${place}.${key}` : String(key);
}

function isPlain(value) {
  return value !== null && typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}
