import { styleText } from 'node:util';

/** The few looks the story needs; every one is plain text where colours are not wanted. */
export interface Palette {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly link: (text: string) => string;
}

/** How the lines of the story look. */
export interface Look {
  readonly palette: Palette;
  /** Characters in a line. */
  readonly width: number;
}

const as = (format: Parameters<typeof styleText>[0]) => (text: string) =>
  // Whether colours are wanted was decided by whoever chose the palette.
  styleText(format, text, { validateStream: false });

const same = (text: string) => text;

export const coloured: Palette = {
  strong: as('bold'),
  faint: as('dim'),
  good: as('green'),
  bad: as('red'),
  link: as('underline'),
};

export const plain: Palette = { strong: same, faint: same, good: same, bad: same, link: same };
