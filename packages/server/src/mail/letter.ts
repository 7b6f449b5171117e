import { html } from 'hono/html';

/** What a mail says, before it becomes HTML and text. */
export interface Letter {
  readonly subject: string;
  /** One after the other. */
  readonly paragraphs: readonly string[];
  /** What the reader is to do; the address is written out, since mail programs and people distrust a mere button. */
  readonly link?: { readonly words: string; readonly url: string };
  /** Below the link, in small letters: why this mail came, and what to do when it should not have. */
  readonly remark?: string;
}

export interface Bodies {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const widest = 76;

/** The same words twice; nothing is loaded from anywhere when it is read, so that nobody learns that it was. */
export function bodiesOf(letter: Letter): Bodies {
  const { link, remark } = letter;
  // A line break in a name would begin a header of its own.
  const subject = letter.subject.replace(/\s+/g, ' ').trim();
  const parts = [
    ...letter.paragraphs.map(wrapped),
    ...(link === undefined ? [] : [`${link.words}:\n${link.url}`]),
    ...(remark === undefined ? [] : [`-- \n${wrapped(remark)}`]),
  ];
  const body = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${subject}</title></head>
<body style="font-family: system-ui, sans-serif; font-size: 16px; line-height: 1.5; max-width: 36em; margin: 1.5em auto; padding: 0 1em">
${letter.paragraphs.map((paragraph) => html`<p>${paragraph}</p>\n`)}${
  link === undefined
    ? ''
    : html`<p>${link.words}:<br><a href="${link.url}" style="word-break: break-all">${link.url}</a></p>\n`
}${remark === undefined ? '' : html`<p style="font-size: 14px; opacity: 0.75">${remark}</p>\n`}</body>
</html>
`;
  return { subject, text: `${parts.join('\n\n')}\n`, html: String(body) };
}

/** A long word, such as an address, stays whole. */
function wrapped(paragraph: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > widest) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
