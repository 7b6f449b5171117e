import { html } from 'hono/html';
import { field } from './field.ts';
import { type Html, layout, objectionPart } from './layout.ts';
import { type NavigationItem, navigationPart } from './navigation.ts';
import { type PasskeyPart, passkeyField, passkeyForm } from './passkey-form.ts';

export const newPasskeyPage = (page: {
  stylesheet: string;
  navigation: readonly NavigationItem[];
  part: PasskeyPart;
  objection?: string | undefined;
}): Html =>
  layout({
    title: 'A new passkey · Octobox',
    heading: 'A new passkey',
    stylesheet: page.stylesheet,
    script: page.part.script,
    navigation: navigationPart(page.navigation, '/account'),
    main: html`<p>Your browser asks where it is to lie: on this computer, on a phone, or on a stick. It is unlocked by a finger or a PIN, and never leaves its place as a password does.</p>
${objectionPart(page.objection)}
${passkeyForm({
  part: page.part,
  does: 'create',
  action: '/account/passkeys',
  name: passkeyField,
  button: 'Make the passkey',
  fields: field({
    name: 'name',
    label: 'Name, to know it by',
    type: 'text',
    autocomplete: 'off',
    longest: 60,
    hint: 'Where it lies: my phone, the blue stick.',
    first: true,
  }),
})}
<p class="without-passkeys">This browser has no passkeys, or its scripts are switched off for this page.</p>
<p><a href="/account">Leave it</a></p>`,
  });
