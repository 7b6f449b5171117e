/** What `-o <kind>.<key>=<value>` says to one kind of storage. */
import { StorageError } from './errors.ts';

export class KindOptions {
  readonly #kind: string;
  readonly #values: ReadonlyMap<string, string>;

  /**
   * @param known the keys that this kind knows, without its name
   * @throws {StorageError} `storage.options` for a key of this kind that it does not know
   */
  constructor(kind: string, known: readonly string[], options: ReadonlyMap<string, string> = new Map()) {
    this.#kind = kind;
    this.#values = options;
    for (const key of options.keys()) {
      if (!key.startsWith(`${kind}.`) || known.includes(key.slice(kind.length + 1))) continue;
      throw new StorageError('storage.options', `there is no option ${key}`, {
        advice: `Known are ${known.map((name) => `${kind}.${name}`).join(', ')}.`,
      });
    }
  }

  text(key: string): string | undefined {
    const value = this.#values.get(`${this.#kind}.${key}`);
    return value === '' ? undefined : value;
  }

  oneOf<const Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value.toLowerCase());
    if (found === undefined) throw this.#wrong(key, `must be one of ${choices.join(', ')}`);
    return found;
  }

  positive(key: string): number | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    if (!/^[1-9]\d{0,5}$/.test(value)) throw this.#wrong(key, 'must be a whole number from 1');
    return Number(value);
  }

  #wrong(key: string, what: string): StorageError {
    return new StorageError('storage.options', `the option ${this.#kind}.${key} ${what}`, {
      advice: `Say it as -o ${this.#kind}.${key}=….`,
    });
  }
}
