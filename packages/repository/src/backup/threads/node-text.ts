/** Where a worker writes the nodes of a batch, as the bytes that will stand in a tree. */

const ROOM = 64 * 1024;

export class NodeText {
  #memory = Buffer.allocUnsafeSlow(ROOM);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** A node: its start and the rest of its JSON. */
  add(start: Uint8Array, rest: string): void {
    // Of UTF-16's units none takes more than three bytes.
    const most = this.#length + 1 + start.length + 3 * rest.length;
    if (most > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(2 * most);
      larger.set(this.#memory.subarray(0, this.#length));
      this.#memory = larger;
    }
    if (this.#length > 0) this.#memory[this.#length++] = COMMA;
    this.#memory.set(start, this.#length);
    this.#length += start.length;
    this.#length += this.#memory.write(rest, this.#length, 'utf8');
  }

  /** A copy. */
  take(): Uint8Array {
    return Uint8Array.from(this.#memory.subarray(0, this.#length));
  }
}

const COMMA = 0x2c;
