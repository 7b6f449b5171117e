import { html } from 'hono/html';
import { isRole, roles, roleWords } from '../../access/index.ts';
import type { Invitation, NewInvitation } from '../invitations.ts';
import type { Member } from '../members.ts';
import { field } from './field.ts';
import { type Html, layout, objectionPart } from './layout.ts';
import { type NavigationItem, navigationPart } from './navigation.ts';

export interface MembersPage {
  readonly stylesheet: string;
  readonly navigation: readonly NavigationItem[];
  readonly members: readonly Member[];
  readonly invitations: readonly Invitation[];
  readonly services: readonly { readonly id: string; readonly name: string }[];
  /** The member who looks. */
  readonly self: string;
  readonly mayChange: boolean;
  /** Invitations are mailed. */
  readonly byMail: boolean;
  readonly objection?: string | undefined;
  /** An invitation that was refused: it is shown again as it was written. */
  readonly refused?: RefusedInvitation | undefined;
}

export interface RefusedInvitation {
  readonly given: NewInvitation;
  readonly field: string;
  readonly objection: string;
}

export const membersPage = (page: MembersPage): Html =>
  layout({
    title: 'Members · Octobox',
    heading: 'Members',
    stylesheet: page.stylesheet,
    navigation: navigationPart(page.navigation, '/members'),
    main: html`${objectionPart(page.objection)}
<ul>${page.members.map((member) => memberItem(member, page))}</ul>
${page.invitations.length === 0 ? '' : html`<section><h2>Invited</h2><ul>${page.invitations.map((one) => invitationItem(one, page.mayChange))}</ul></section>`}
${page.mayChange ? inviteForm(page) : ''}`,
  });

const roleName = (role: string): string => (isRole(role) ? roleWords[role].name : role);
const untilText = (until: string | undefined): string =>
  until === undefined ? '' : `, until ${until.slice(0, 10)}`;

const memberItem = (member: Member, { self, mayChange, services }: MembersPage): Html => {
  const assigned = services.filter(({ id }) => member.services.includes(id)).map(({ name }) => name);
  return html`<li>
<p><strong>${member.name}</strong>, ${member.email}</p>
<p class="hint">${roleName(member.role)}${untilText(member.until)}${assigned.length === 0 ? '' : `: ${assigned.join(', ')}`}; ${member.hasSecondFactor ? 'with a second factor' : 'without a second factor'}</p>
${
  !mayChange || member.id === self
    ? ''
    : html`<div class="acts">
<form method="post" action="/members/${member.id}/role"><label for="role-${member.id}">Role of ${member.name}</label>
<select id="role-${member.id}" name="role" required>${isLasting(member.role) ? '' : html`<option value="" selected>Choose: until and services end then</option>`}${lastingRoles.map(
        (role) =>
          html`<option value="${role}"${role === member.role ? html` selected` : ''}>${roleWords[role].name}</option>`,
      )}</select> <button class="quiet">Change the role</button></form>
<details><summary>Remove ${member.name}</summary>
<p class="hint">The account and its sessions end at once. What it did stays in the audit log.</p>
<form method="post" action="/members/${member.id}/remove"><button class="quiet">Remove ${member.name} for good</button></form></details>
</div>`
}
</li>`;
};

/** An outside administrator is invited as one: that needs services and an end. */
const lastingRoles = roles.filter((role) => role !== 'outside-administrator');
const isLasting = (role: string): boolean => lastingRoles.some((one) => one === role);

const invitationItem = (
  { id, email, role, until, expiresAt, mail }: Invitation,
  mayChange: boolean,
): Html => html`<li>
<p><strong>${email}</strong></p>
<p class="hint">${roleName(role)}${untilText(until)}; the link is good until ${expiresAt.slice(0, 10)}${mail === undefined ? '' : html`; ${mailWords(mail)}`}</p>
${mayChange ? html`<form method="post" action="/invitations/${id}/withdraw"><button class="quiet">Withdraw the invitation of ${email}</button></form>` : ''}
</li>`;

const mailWords = ({ state, failure }: NonNullable<Invitation['mail']>): Html => {
  if (state === 'sent') return html`the mail was handed over`;
  if (failure === undefined) return html`the mail is on its way`;
  const what = state === 'failed' ? 'the mail could not be sent' : 'the mail could not be sent yet';
  return html`<strong>${what}</strong>: ${failure.message}`;
};

const inviteForm = ({ services, refused, byMail }: MembersPage): Html => {
  const given = refused?.given;
  const objected = (name: string) =>
    refused?.field === name ? html` aria-invalid="true" aria-describedby="objection"` : '';
  const checked = (is: boolean | undefined) => (is === true ? html` checked` : '');
  return html`<section>
<h2>Invite somebody</h2>
${objectionPart(refused?.objection)}
<form method="post" action="/members/invite">
${field({ name: 'email', label: 'E-mail address', type: 'email', autocomplete: 'off', longest: 254, value: given?.email, objected: refused?.field === 'email' })}
<fieldset${objected('role')}><legend>Role</legend>${roles.map(
    (role) =>
      html`<label class="choice"><input type="radio" name="role" value="${role}" required${checked(given?.role === role)}> <span><strong>${roleWords[role].name}</strong> ${roleWords[role].may}</span></label>`,
  )}</fieldset>
<fieldset${objected('services')}><legend>For an outside administrator</legend>
<label for="until">Last day</label><input id="until" name="until" type="date" value="${given?.until ?? ''}"${objected('until')}>
${
  services.length === 0
    ? html`<p class="hint">There is no service yet that could be assigned.</p>`
    : services.map(
        ({ id, name }) =>
          html`<label class="choice"><input type="checkbox" name="service" value="${id}"${checked(given?.services.includes(id))}> <span>${name}</span></label>`,
      )
}</fieldset>
${
  byMail
    ? html`<p class="hint">The link goes to that address by mail, and to nobody else.</p>
<label class="choice"><input type="checkbox" name="show-link" value="yes"${checked(given?.showLink)}> <span>Send no mail: show the link to me, and I pass it on</span></label>`
    : ''
}
<button>Invite</button>
</form>
</section>`;
};
