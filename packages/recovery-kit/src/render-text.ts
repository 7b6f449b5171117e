import type { KitDocument } from './document.ts';
import { BEGIN, END } from './typed-form.ts';

const WIDTH = 78;

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** Plain text, commands indented by four blanks. */
export function renderText(document: KitDocument): string {
  const { title, facts, paragraphs, fetching, step, octobox, typed } = document;
  const widest = Math.max(...facts.map(([label]) => label.length));
  const indented = (lines: readonly string[]): string[] =>
    lines.map((line) => (line === '' ? '' : `    ${line}`));
  return `${[
    title,
    '='.repeat(title.length),
    '',
    ...facts.map(([label, value]) => `${label.padEnd(widest)}  ${value}`),
    '',
    ...paragraphs.flatMap((text) => [...wrap(text), '']),
    'FETCHING THE FILES',
    '',
    ...wrap(fetching.explanation),
    '',
    ...indented(fetching.commands),
    '',
    'RECOVERY WITH STOCK TOOLS',
    '',
    step.title,
    ...wrap(step.explanation),
    '',
    ...indented(step.commands),
    '',
    'RECOVERY WITH OCTOBOX',
    '',
    ...indented(octobox),
    '',
    'TO TYPE OR TO SCAN',
    '',
    BEGIN,
    ...typed,
    END,
  ].join('\n')}\n`;
}
