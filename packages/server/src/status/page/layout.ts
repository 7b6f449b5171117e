import { html } from 'hono/html';
import type { Html } from './times.ts';

/** The frame of every public page: no script, one style sheet, both colour schemes. */
export const layout = (page: {
  title: string;
  /** Under the links: where the page belongs. */
  site: string;
  stylesheet: string;
  main: Html;
  footer: Html;
}): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#faf9f6" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#14171a" media="(prefers-color-scheme: dark)">
<title>${page.title}</title>
<link rel="stylesheet" href="${page.stylesheet}">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="site"><a href="/">${page.site}</a></header>
<main id="content">${page.main}</main>
<footer>${page.footer}</footer>
</body>
</html>`;
