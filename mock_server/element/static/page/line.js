/** A line between the page and the frame: each side calls the other's functions by name. */

export class Line {
  /** `answers` are the functions that the other side may call. */
  constructor(port, answers) {
    this.port = port;
    this.answers = answers;
    this.waiting = new Map();
    this.count = 0;
    port.onmessage = ({ data }) => this.receive(data);
  }

  /** Calls a function over there; `ports` travel along as its last arguments. */
  call(name, args = [], ports = []) {
    const id = (this.count += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ id, name, args }, ports, reject);
    });
  }

  /** The same, without waiting for an answer. */
  tell(name, ...args) {
    this.send({ name, args }, [], (error) => console.error(error));
  }

  /** Ends the line; who still waits is told so. */
  close() {
    this.port.close();
    for (const { reject } of this.waiting.values()) reject(new Error("The chat's frame is gone."));
    this.waiting.clear();
  }

  send(message, ports, fail) {
    try {
      this.port.postMessage({ ...message, ports }, ports);
    } catch (error) {
      fail(error); // something that can't travel, such as a node of the page
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

/** An error as it travels. */
export function packedError(error) {
  return error instanceof Error || error?.message
    ? { name: error.name ?? "Error", message: String(error.message), status: error.status, requestId: error.requestId }
    : { name: "Error", message: String(error) };
}

/** An error of this side. */
export function revivedError({ name, message, ...facts }) {
  const error = new Error(message);
  if (name !== "Error") Object.defineProperty(error, "name", { value: name, configurable: true });
  return Object.assign(error, facts);
}
