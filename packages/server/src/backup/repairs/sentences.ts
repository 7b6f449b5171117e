import { hash } from 'node:crypto';

const mostSentences = 100;

/** What is kept of many sentences. */
export const firstOf = (
  sentences: readonly string[],
): { readonly sentences: readonly string[]; readonly moreSentences: number } => ({
  sentences: sentences.slice(0, mostSentences),
  moreSentences: Math.max(sentences.length - mostSentences, 0),
});

/** Short, since there may be one for each pack. */
export const markOf = (...parts: readonly string[]): string =>
  hash('sha256', parts.join('\n'), 'base64url').slice(0, 11);

export const countOf = (value: number, noun: string): string => `${value} ${noun}${value === 1 ? '' : 's'}`;
