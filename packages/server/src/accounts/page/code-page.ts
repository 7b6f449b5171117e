import { html } from 'hono/html';
import type { GivenKind } from '../sign-in/refusal-words.ts';
import { codeForms } from './code-fields.ts';
import { toField } from './field.ts';
import { type Html, layout } from './layout.ts';

/** One of them comes. */
export const codeFieldNames = { app: 'code', recovery: 'recovery' };

/** The second step of signing in. */
export const codePage = (page: {
  stylesheet: string;
  to?: string | undefined;
  objection?: string;
  given?: GivenKind;
}): Html =>
  layout({
    title: 'Code · Octobox',
    heading: 'One more step',
    stylesheet: page.stylesheet,
    main: html`<p>Type the code that your authenticator app shows for Octobox.</p>
${codeForms({ action: '/sign-in/code', button: 'Sign in', hidden: toField(page.to), objection: page.objection, given: page.given }, codeFieldNames)}
<p><a href="/sign-in">Begin again</a></p>`,
  });
