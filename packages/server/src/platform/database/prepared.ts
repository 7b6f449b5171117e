import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Reader } from './database.ts';
import type { Tables } from './tables.ts';

type Value = string | number | null;

/** Stands where a value will be. */
class Place {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A select of one database that is asked with every request: what it says is put together once, for all values. */
export class Prepared<Given extends Readonly<Record<string, Value>>, Row> {
  readonly #build: (reader: Reader, given: Given) => Compilable<Row>;
  #compiled: CompiledQuery<Row> | undefined;

  /** @param build hands what it is given to comparisons alone, and does not look at it */
  constructor(build: (reader: Reader, given: Given) => Compilable<Row>) {
    this.#build = build;
  }

  async rows(reader: Reader, given: Given): Promise<readonly Row[]> {
    this.#compiled ??= this.#build(reader, places<Given>()).compile();
    const parameters = this.#compiled.parameters.map((one) => (one instanceof Place ? given[one.name] : one));
    const { rows } = await (reader as Kysely<Tables>).executeQuery<Row>({ ...this.#compiled, parameters });
    return rows;
  }
}

const places = <Given>(): Given => new Proxy({}, { get: (_, name) => new Place(String(name)) }) as Given;
