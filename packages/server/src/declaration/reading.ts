import type { z } from 'zod';
import { type Locate, type Place, plain, wordsOf } from '../platform/index.ts';
import type { Problem } from './problems.ts';
import { type References, withVariables } from './references.ts';

type Path = readonly string[];

/** One reading of a file: where its parts stand, and what is wrong with them. */
export class Reading {
  readonly references: References;
  readonly locate: Locate;
  readonly locateKey: Locate;
  readonly problems: Problem[] = [];
  /** What the plan refuses unless it is so already; told with the problems, so that nobody corrects a file twice. */
  readonly doubts: Problem[] = [];

  constructor(options: { references: References; locate: Locate; locateKey: Locate }) {
    this.references = options.references;
    this.locate = options.locate;
    this.locateKey = options.locateKey;
  }

  problem(at: Place, message: string, advice?: string): void {
    this.problems.push({ ...at, message, ...(advice === undefined ? {} : { advice }) });
  }

  /**
   * The fields of a map, variables put in; undefined, and problems, when they are not what `schema` says.
   * @param elsewhere fields that the map may have and that are read apart: told where one is not known
   */
  fields<T extends z.ZodObject>(
    schema: T,
    path: Path,
    content: unknown,
    elsewhere: readonly string[] = [],
  ): z.output<T> | undefined {
    const before = this.problems.length;
    const given = this.#resolved(plain(content ?? new Map()), path, []);
    const parsed = schema.safeParse(given);
    for (const issue of parsed.success ? [] : parsed.error.issues) {
      const at = [...path, ...issue.path.map(String)];
      if (issue.code === 'unrecognized_keys') {
        const known = [...Object.keys(schema.shape), ...elsewhere].join(', ');
        for (const key of issue.keys) {
          this.problem(
            this.locateKey([...at, key]),
            `unknown field "${key}"`,
            `Known beside "${key}": ${known}.`,
          );
        }
      } else {
        const name = issue.path.length === 0 ? String(path.at(-1)) : issue.path.join('.');
        this.problem(this.locate(at), `"${name}": ${wordsOf(issue)}`);
      }
    }
    return parsed.success && this.problems.length === before ? parsed.data : undefined;
  }

  /** @param within the way from the map to the value, which names it as an issue of the schema is named */
  #resolved(value: unknown, map: Path, within: Path): unknown {
    if (typeof value === 'string') {
      const resolved = withVariables(value, this.references);
      if ('text' in resolved) return resolved.text;
      this.problem(this.locate([...map, ...within]), `"${within.join('.')}": ${resolved.problem}`);
      return value;
    }
    if (Array.isArray(value))
      return value.map((each, at) => this.#resolved(each, map, [...within, String(at)]));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, each]) => [
      key,
      this.#resolved(each, map, [...within, key]),
    ]);
    return Object.fromEntries(entries);
  }
}
