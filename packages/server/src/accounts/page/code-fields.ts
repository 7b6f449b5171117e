import { html } from 'hono/html';
import { longestTyped } from '../password/password-rules.ts';
import type { GivenKind } from '../sign-in/refusal-words.ts';
import { field } from './field.ts';
import { type Html, objectionPart } from './layout.ts';

const longestCode = 64;

/** Six digits of an app. */
export const codeField = (f: { label: string; objected: boolean; first: boolean; name?: string }): Html =>
  field({
    ...f,
    name: f.name ?? 'code',
    type: 'text',
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
    longest: longestCode,
  });

export interface CodeForms {
  /** Where the forms go; undefined: to the page's own address. */
  readonly action?: string;
  /** What the forms carry on besides. */
  readonly hidden?: Html;
  readonly button: string;
  readonly objection?: string | undefined;
  /** What is objected to; default: the first that is asked for. */
  readonly given?: GivenKind | undefined;
}

/** A form for a code of the app, and a folded one for a recovery code, each in a field of that name. */
export const codeForms = (
  { action, hidden, button, objection, given }: CodeForms,
  names: { readonly app: string; readonly recovery: string },
): Html => {
  const start = html`<form method="post"${action === undefined ? '' : html` action="${action}"`}>${hidden ?? ''}`;
  const objected = objection !== undefined;
  const toRecovery = objected && given === 'recovery-code';
  return html`${objectionPart(objection)}
${start}
${codeField({ name: names.app, label: 'Code of your app', objected: objected && !toRecovery, first: !toRecovery })}
<button>${button}</button>
</form>
<details${toRecovery ? html` open` : ''}><summary>Use a recovery code</summary>
${start}
${field({ name: names.recovery, label: 'Recovery code', type: 'text', autocomplete: 'off', longest: longestCode, hint: 'One of the ten that you kept. It is good once.', objected: toRecovery, first: toRecovery })}
<button>${button}</button>
</form></details>`;
};

/** The same for the password of an account. The field with its address is for password managers, and is not sent. */
export const passwordForm = (
  { action, hidden, button, objection }: CodeForms,
  { name, email }: { readonly name: string; readonly email: string },
): Html =>
  html`${objectionPart(objection)}
<form method="post"${action === undefined ? '' : html` action="${action}"`}>${hidden ?? ''}
<input type="email" autocomplete="username" value="${email}" hidden>
${field({ name, label: 'Password', type: 'password', autocomplete: 'current-password', longest: longestTyped, objected: objection !== undefined, first: true })}
<button>${button}</button>
</form>`;
