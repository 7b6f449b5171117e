/** The last lines of a text stream, in bounded memory however long a line or the stream is. */
export class LineTail {
  readonly #maxLines: number;
  readonly #maxLineLength: number;
  readonly #lines: string[] = [];
  #open = '';

  constructor(maxLines = 20, maxLineLength = 1000) {
    this.#maxLines = maxLines;
    this.#maxLineLength = maxLineLength;
  }

  /** Returns the lines this text completed, each cut to the maximum length. */
  push(text: string): string[] {
    const parts = text.split('\n');
    const completed: string[] = [];
    for (const [position, part] of parts.entries()) {
      if (this.#open.length < this.#maxLineLength) {
        this.#open = (this.#open + part).slice(0, this.#maxLineLength);
      }
      if (position < parts.length - 1) {
        completed.push(this.#open);
        this.#keep(this.#open);
        this.#open = '';
      }
    }
    return completed;
  }

  text(): string {
    const lines = this.#open === '' ? this.#lines : [...this.#lines, this.#open];
    return lines.join('\n').trim();
  }

  #keep(line: string): void {
    if (line.trim() === '') return;
    this.#lines.push(line);
    if (this.#lines.length > this.#maxLines) this.#lines.shift();
  }
}
