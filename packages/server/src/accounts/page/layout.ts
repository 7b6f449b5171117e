import { html } from 'hono/html';
import { favicon } from '../../platform/index.ts';

export type Html = ReturnType<typeof html>;

/** The frame of the console's pages: one style sheet, and no script but that for passkeys, both colour schemes. */
export const layout = (page: {
  title: string;
  heading: string;
  stylesheet: string;
  main: Html;
  navigation?: Html;
  /** The path of a script, for the few pages that have one. */
  script?: string | undefined;
  wide?: boolean;
}): Html =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<link rel="stylesheet" href="${page.stylesheet}">
<link rel="icon" href="${favicon.path}" type="image/svg+xml">${
    page.script === undefined
      ? ''
      : html`
<script src="${page.script}" defer></script>`
  }
</head>
<body${page.wide === true ? html` class="wide"` : ''}>
${page.navigation ?? ''}
<main>
<h1>${page.heading}</h1>
${page.main}
</main>
</body>
</html>`;

/** What stops the person, read out at once where a screen is read. */
export const objectionPart = (text: string | undefined): Html =>
  text === undefined ? html`` : html`<p class="objection" role="alert" id="objection">${text}</p>`;
