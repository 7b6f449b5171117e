import { UsageError } from '../errors.ts';

/**
 * Splits one text into a program and its arguments: blanks separate, single and double quotes hold
 * together, a backslash outside single quotes takes the next character as it is. No shell is involved,
 * so nothing is expanded and nothing can be chained.
 */
export function splitArguments(text: string): string[] {
  const list: string[] = [];
  let current: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '\\' && quote !== "'") {
      at += 1;
      if (at === text.length) throw new UsageError('the command ends in a lone backslash');
      current = (current ?? '') + text[at];
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else current += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      current ??= '';
    } else if (/\s/.test(character)) {
      if (current !== undefined) list.push(current);
      current = undefined;
    } else {
      current = (current ?? '') + character;
    }
  }
  if (quote !== undefined) {
    throw new UsageError(`the ${quote === '"' ? 'double' : 'single'} quote of the command is not closed`);
  }
  if (current !== undefined) list.push(current);
  if (list.length === 0) throw new UsageError('the command is empty');
  return list;
}
