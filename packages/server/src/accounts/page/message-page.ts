import { html } from 'hono/html';
import { type Html, layout } from './layout.ts';

/** A page that says one thing. */
export const messagePage = (page: { stylesheet: string; heading: string; text: string }): Html =>
  layout({ ...page, title: `${page.heading} · Octobox`, main: html`<p>${page.text}</p>` });
