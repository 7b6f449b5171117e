import { html } from 'hono/html';
import type { ProofKind } from '../sign-in/proofs.ts';
import type { GivenKind } from '../sign-in/refusal-words.ts';
import { codeForms, passwordForm } from './code-fields.ts';
import { type Html, layout } from './layout.ts';
import { type NavigationItem, navigationPart } from './navigation.ts';
import { type PasskeyPart, passkeyForm } from './passkey-form.ts';

export interface ProofPage {
  readonly stylesheet: string;
  readonly navigation: readonly NavigationItem[];
  readonly email: string;
  readonly kind: ProofKind;
  /** Of the form that was sent, which carries on from here with all that was typed. */
  readonly path: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly objection?: string | undefined;
  readonly given?: GivenKind | undefined;
  /** There are passkeys, and one may be shown instead. */
  readonly passkey: PasskeyPart | undefined;
}

/** One of them comes, beside the fields of the form that is carried on: their names are their own. */
export const proofFieldNames = { app: 'proof', recovery: 'proof-recovery' };
export const proofPasskeyField = 'proof-passkey';

/** Asks who is signed in to show who he is, before something dangerous is done. */
export const proofPage = (page: ProofPage): Html => {
  const { kind, path, fields, objection, given } = page;
  const hidden = html`${fields.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}`;
  const forms = { action: path, hidden, button: 'Go on', objection, given };
  return layout({
    title: 'Is it you? · Octobox',
    heading: 'Is it you?',
    stylesheet: page.stylesheet,
    script: page.passkey?.script,
    navigation: navigationPart(page.navigation, ''),
    main: html`<p>Before this is done, show that it is still you; nothing that you typed is lost.</p>
${kind === 'code' ? codeForms(forms, proofFieldNames) : passwordForm(forms, { name: proofFieldNames.app, email: page.email })}
${page.passkey === undefined ? '' : passkeyForm({ part: page.passkey, does: 'get', action: path, name: proofPasskeyField, button: 'Show a passkey', fields: hidden })}
<p><a href="/account">Leave it</a></p>`,
  });
};
