/** What a session of PostgreSQL keeps of one is some tens of kilobytes. */
const mostKept = 128;
const mostSeen = 1_000;
/** Nothing else has a place in a `from`. */
const selects = /^\s*(?:select|with)\b/i;

/** A statement that sessions prepare once, under its name. */
export interface KeptStatement {
  readonly name: string;
  /** It answers with one row of one text: the rows of the select that it was made of, as JSON. Whole numbers are exact up to 2^53. */
  readonly text: string;
}

/**
 * Selects that are asked again and again. One is kept when it comes a second time; those that are put together for one occasion are
 * not. To read fifty rows out of one text of JSON takes the driver half of what fifty messages of fifteen texts take it.
 */
export class KeptStatements {
  readonly #kept = new Map<string, KeptStatement>();
  readonly #seen = new Set<string>();

  of(select: string): KeptStatement | undefined {
    const kept = this.#kept.get(select);
    if (kept !== undefined || this.#kept.size >= mostKept || !selects.test(select)) return kept;
    if (!this.#seen.delete(select)) {
      if (this.#seen.size >= mostSeen) this.#seen.clear();
      this.#seen.add(select);
      return undefined;
    }
    // `.*` is the whole row also where a column has the name of the alias.
    const text = `select coalesce(json_agg(kept.*), '[]')::text as rows from (${select}) as kept`;
    const fresh = { name: `kept_${this.#kept.size + 1}`, text };
    this.#kept.set(select, fresh);
    return fresh;
  }
}
