/** A two-way RPC connection between the page and the frame, over a MessagePort. */

export class Line {
  /** `answers`: the functions that the other side can call, by name. */
  constructor(port, answers) {
    this.port = port;
    this.answers = answers;
    this.waiting = new Map();
    this.count = 0;
    port.onmessage = ({ data }) => this.receive(data);
  }

  /** Call a function of the other side and return its result; `ports` are transferred and passed as last arguments. */
  call(name, args = [], ports = []) {
    const id = (this.count += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ id, name, args }, ports, reject);
    });
  }

  /** Call a function of the other side without waiting for its result. */
  tell(name, ...args) {
    this.send({ name, args }, [], (error) => console.error(error));
  }

  /** Close the connection and reject all pending calls. */
  close() {
    this.port.close();
    for (const { reject } of this.waiting.values()) reject(new Error("The chat's frame was removed."));
    this.waiting.clear();
  }

  send(message, ports, fail) {
    try {
      this.port.postMessage({ ...message, ports }, ports);
    } catch (error) {
      fail(error); // a value that cannot be cloned, such as a DOM node
    }
  }

  async receive({ id, name, args, ports, result, error }) {
    if (name === undefined) {
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      if (error) waiting?.reject(revivedError(error));
      else waiting?.resolve(result);
      return;
    }
    try {
      const answer = await this.answers[name](...args, ...ports);
      if (id) this.send({ id, result: answer }, [], (failure) => this.send({ id, error: packedError(failure) }, []));
    } catch (failure) {
      if (id) this.send({ id, error: packedError(failure) }, []);
      else console.error(failure);
    }
  }
}

/** Convert an error to a plain object that can be posted. */
export function packedError(error) {
  return error instanceof Error || error?.message
    ? { name: error.name ?? "Error", message: String(error.message), status: error.status, requestId: error.requestId }
    : { name: "Error", message: String(error) };
}

/** Convert a posted error back to an Error. */
export function revivedError({ name, message, ...facts }) {
  const error = new Error(message);
  if (name !== "Error") Object.defineProperty(error, "name", { value: name, configurable: true });
  return Object.assign(error, facts);
}
