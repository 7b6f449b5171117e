import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { html } from 'hono/html';
import type { Html } from './layout.ts';

export interface PasskeyScript {
  readonly path: string;
  readonly body: string;
}

/** The console's one script outside of the console in the browser; its name changes with its content. */
export async function readPasskeyScript(): Promise<PasskeyScript> {
  const body = await readFile(new URL('./passkey.js', import.meta.url), 'utf8');
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return { path: `/assets/passkey-${hash}.js`, body };
}

/** What a page with such a form needs. */
export interface PasskeyPart {
  readonly script: string;
  /** JSON, for the browser. */
  readonly options: string;
}

/** The browser's answer comes in it, when a passkey is made, and when somebody signs in. */
export const passkeyField = 'passkey-answer';

/** Hidden until the script has seen that the browser can do it: the page is whole without. */
export const passkeyForm = (form: {
  readonly part: PasskeyPart;
  readonly does: 'create' | 'get';
  readonly action: string;
  /** The field of the browser's answer. */
  readonly name: string;
  readonly button: string;
  readonly fields?: Html;
}): Html => html`<form method="post" action="${form.action}" data-passkey="${form.does}" data-field="${form.name}" data-options="${form.part.options}" hidden>${form.fields ?? ''}
<input type="hidden" name="${form.name}">
<button>${form.button}</button>
<p class="passkey-message" role="alert"></p>
</form>`;
