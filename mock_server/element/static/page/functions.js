/** Functions in the options cannot be cloned into the frame: they stay in the page; the frame calls them by path. */

/** Replace each function in the options by its path: `{$function: "entities.onTagSearch"}`. */
export function withoutFunctions(value, place = "") {
  if (typeof value === "function") return { $function: place };
  if (Array.isArray(value)) return value.map((each, index) => withoutFunctions(each, inside(place, index)));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutFunctions(each, inside(place, key))]),
  );
}

/** Reverse `withoutFunctions`: each function in the result calls `call(place, args)`. */
export function withFunctions(value, call) {
  if (Array.isArray(value)) return value.map((each) => withFunctions(each, call));
  if (!isPlain(value)) return value;
  if (typeof value.$function === "string") return (...args) => call(value.$function, args);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withFunctions(each, call)]));
}

/** Call the function at a path of the options. Throws an Error if there is none. */
export function callAt(options, place, args) {
  const keys = place.split(".");
  const name = keys.pop();
  const holder = keys.reduce((value, key) => (value && Object.hasOwn(value, key) ? value[key] : undefined), options);
  if (!holder || !Object.hasOwn(holder, name) || typeof holder[name] !== "function")
    throw new Error(`The options no longer have a function ${place}.`);
  return holder[name](...args);
}

function inside(place, key) {
  return place ? `${place}.${key}` : String(key);
}

function isPlain(value) {
  return value !== null && typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}
