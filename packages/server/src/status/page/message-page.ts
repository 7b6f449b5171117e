import { html } from 'hono/html';
import { layout } from './layout.ts';
import type { Html } from './times.ts';

/** A page that says one thing: not found, or an error on our side. */
export const messagePage = (page: {
  heading: string;
  text: string;
  title: string;
  stylesheet: string;
}): Html =>
  layout({
    title: `${page.heading} · ${page.title}`,
    site: page.title,
    stylesheet: page.stylesheet,
    main: html`<section class="overall"><h1><span>${page.heading}</span></h1><p class="tally">${page.text}</p></section>
<p class="back"><a href="/">To the status of everything</a></p>`,
    footer: html``,
  });
