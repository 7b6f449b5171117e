import { Help } from 'commander';

/**
 * Wraps a description once, at the width of the terminal. A line break within a sentence is only where the source was
 * full; one behind a sentence stays, and so do the items of a list, which are indented. An item goes on where its
 * second column begins.
 */
export function wrapParagraphs(text: string, width: number): string {
  const help = new Help();
  const wrapped = paragraphs(text).map((paragraph) => {
    const [head = ''] = /^ +\S.*? {2,}/.exec(paragraph) ?? [];
    const body = help.boxWrap(paragraph.slice(head.length), width - head.length);
    return head + body.replaceAll('\n', `\n${' '.repeat(head.length)}`);
  });
  return wrapped.join('\n');
}

function paragraphs(text: string): string[] {
  const found: string[] = [];
  for (const line of text.split('\n')) {
    const last = found.at(-1);
    if (last !== undefined && goesOn(last, line)) found[found.length - 1] = `${last} ${line.trimStart()}`;
    else found.push(line);
  }
  return found;
}

function goesOn(paragraph: string, line: string): boolean {
  if (paragraph === '' || line === '') return false;
  const indent = indentOf(paragraph);
  return indent > 0 ? indentOf(line) > indent : indentOf(line) === 0 && !/[.:]$/.test(paragraph);
}

const indentOf = (line: string): number => line.length - line.trimStart().length;
