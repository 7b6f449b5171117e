import type { Instant } from '../platform/index.ts';

/**
 * A sentence for people; instants stay instants, so that a page can say "12 minutes ago", or with the
 * form `clock` "today 03:10".
 */
export type Sentence = readonly (string | { readonly at: Instant; readonly form?: 'clock' })[];

/** What a judgement rests on. */
export interface Evidence {
  readonly sentence: Sentence;
  /** When the newest thing that counts was observed; absent when nothing was. */
  readonly observedAt?: Instant;
  /** The bare facts: numbers in the units their names say. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** The sentence with its instants written out, for mails, logs and JSON. */
export const plainSentence = (sentence: Sentence): string =>
  sentence
    .map((part) => (typeof part === 'string' ? part : `${part.at.slice(0, 16).replace('T', ' ')} UTC`))
    .join('');
