import { html } from 'hono/html';
import type { Enrolment } from '../second-factor/enrolment.ts';
import { codeField } from './code-fields.ts';
import { type Html, layout, objectionPart } from './layout.ts';
import { type NavigationItem, navigationPart } from './navigation.ts';
import { qrCode } from './qr-code.ts';

/** Sets an authenticator app up. */
export const enrolmentPage = async (page: {
  stylesheet: string;
  navigation: readonly NavigationItem[];
  enrolment: Enrolment;
  objection?: string;
}): Promise<Html> => {
  const { secret, uri } = page.enrolment;
  return layout({
    title: 'Second factor · Octobox',
    heading: 'Set up your app',
    stylesheet: page.stylesheet,
    navigation: navigationPart(page.navigation, '/account'),
    main: html`<ol>
<li>Take an authenticator app on your phone, any that knows time-based codes (TOTP).</li>
<li>Scan this with it.
${await qrCode(uri, 'QR code with the secret that is written below')}
<details><summary>Type it instead</summary><p class="secret"><code>${secret.match(/.{4}/g)?.join(' ') ?? secret}</code></p>
<p class="hint">Time-based, six digits, 30 seconds, SHA-1.</p></details></li>
<li>Type the code that the app shows now.
${objectionPart(page.objection)}
<form method="post" action="/account/second-factor/new">
${codeField({ label: 'Code of your app', objected: page.objection !== undefined, first: page.objection !== undefined })}
<button>Turn it on</button>
</form></li>
</ol>
<p class="hint">You get recovery codes next, and are signed out everywhere else.</p>
<p><a href="/account">Leave it as it was</a></p>`,
  });
};
