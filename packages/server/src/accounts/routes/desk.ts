import type { Context } from 'hono';
import { type Access, needsProof, type Permission } from '../../access/index.ts';
import type { AuditLog } from '../../audit/index.ts';
import { clientAddressOf, ownAddress, type ServerError } from '../../platform/index.ts';
import type { Accounts } from '../accounts.ts';
import type { ApiKeys } from '../api-keys/api-keys.ts';
import type { Invitations } from '../members/invitations.ts';
import type { Members } from '../members/members.ts';
import type { Html } from '../page/layout.ts';
import { messagePage } from '../page/message-page.ts';
import type { NavigationItem } from '../page/navigation.ts';
import type { PasskeyPart } from '../page/passkey-form.ts';
import { proofFieldNames, proofPage, proofPasskeyField } from '../page/proof-page.ts';
import { type RelyingParty, relyingPartyOf } from '../passkeys/relying-party.ts';
import type { PasswordReset } from '../password/password-reset.ts';
import type { Session, Visit } from '../sessions/session.ts';
import { codeKind, refusalWords } from '../sign-in/refusal-words.ts';

export interface ConsoleRooms {
  readonly accounts: Accounts;
  readonly access: Access;
  readonly members: Members;
  readonly invitations: Invitations;
  readonly resets: PasswordReset;
  readonly keys: ApiKeys;
  readonly audit: AuditLog;
  /** What programs can ask at all: for any other permission a key would be of no use. */
  readonly keyUses: () => readonly Permission[] | Promise<readonly Permission[]>;
  /** Those that can be assigned to an outside administrator. */
  readonly services: () => Promise<readonly { readonly id: string; readonly name: string }[]>;
}

/** Who stands before a route that asks for a session, with what the pages of that person need. */
export interface Guest {
  readonly session: Session;
  readonly navigation: readonly NavigationItem[];
}

type Status = 200 | 401 | 403 | 404 | 413 | 422 | 429 | 500 | 503;

/** What all routes of the console share. */
export class Desk {
  readonly rooms: ConsoleRooms;
  readonly stylesheet: string;
  /** Where somebody lands after signing in. */
  readonly home: string;

  /** Where people reach the console. */
  readonly #url: string;
  /** The path of the script for passkeys. */
  readonly #script: string;

  constructor(
    rooms: ConsoleRooms,
    place: {
      readonly stylesheet: string;
      readonly script: string;
      readonly home: string;
      readonly url: string;
    },
  ) {
    this.rooms = rooms;
    this.stylesheet = place.stylesheet;
    this.home = place.home;
    this.#url = place.url;
    this.#script = place.script;
  }

  /** For whom a passkey is good that is shown on this page; undefined where there are none. */
  party(context: Context): RelyingParty | undefined {
    return relyingPartyOf(ownAddress(context, this.#url));
  }

  /** The page of this answer runs the script for passkeys, and nothing else. */
  allowScript(context: Context): string {
    context.header('content-security-policy', scriptPolicy);
    return this.#script;
  }

  /** What a page needs on which a passkey may be shown, to sign in or by who is signed in; undefined: there is none. */
  async passkeyPart(context: Context, session?: Session): Promise<PasskeyPart | undefined> {
    const { passkeys } = this.rooms.accounts;
    const party = this.party(context);
    if (party === undefined) return undefined;
    const some =
      session === undefined ? await passkeys.areUsed() : (await passkeys.list(session.user.id)).length > 0;
    if (!some) return undefined;
    return { script: this.allowScript(context), options: await passkeys.requestOptions(party, session) };
  }

  async show(context: Context, page: Html, status: Status = 200): Promise<Response> {
    return context.html(String(await page), status);
  }

  async message(context: Context, status: Status, heading: string, text: string): Promise<Response> {
    return await this.show(context, messagePage({ stylesheet: this.stylesheet, heading, text }), status);
  }

  async nothing(context: Context): Promise<Response> {
    return await this.message(context, 404, 'There is nothing here', 'The address may be old, or mistyped.');
  }

  async forbidden(context: Context, { code, message, advice }: ServerError): Promise<Response> {
    const text =
      code === 'server.time-over'
        ? `${message.charAt(0).toUpperCase()}${message.slice(1)}. ${advice}`
        : 'Your role does not include this. An owner of the organisation can give you another one.';
    return await this.message(context, 403, 'This is not for you', text);
  }

  /** On to a page that can be loaded again without asking for the change twice. */
  goOn(context: Context, path: string, cookies: readonly string[] = []): Response {
    for (const cookie of cookies) context.header('set-cookie', cookie, { append: true });
    return context.redirect(path, 303);
  }

  /** A route of somebody who is signed in; everybody else is asked to. */
  signedIn(handle: (context: Context, guest: Guest) => Promise<Response>) {
    return async (context: Context): Promise<Response> => {
      const session = await this.rooms.accounts.session(visitOf(context));
      if (session === undefined) return this.goOn(context, '/sign-in');
      return await handle(context, { session, navigation: await this.#navigation(session) });
    };
  }

  /** The same for who has a permission, with the proof that it needs; others are told that they do not have it. */
  permitted(permission: Permission, handle: (context: Context, guest: Guest) => Promise<Response>) {
    return this.signedIn(async (context, guest) => {
      const { user } = guest.session;
      if (!(await this.rooms.access.may(user, permission)))
        return await this.forbidden(context, await this.rooms.access.refusal(user, permission));
      return needsProof(permission)
        ? await this.#withProof(context, guest, handle)
        : await handle(context, guest);
    });
  }

  /**
   * For a change that needs a fresh proof: who gave none a moment ago is asked, on a page whose form carries on with
   * what was typed. What is sent on must not hold a password.
   */
  proved(handle: (context: Context, guest: Guest) => Promise<Response>) {
    return this.signedIn((context, guest) => this.#withProof(context, guest, handle));
  }

  async #withProof(
    context: Context,
    guest: Guest,
    handle: (context: Context, guest: Guest) => Promise<Response>,
  ): Promise<Response> {
    const { proofs } = this.rooms.accounts;
    const { session, navigation } = guest;
    if (proofs.isFresh(session)) return await handle(context, guest);
    const form = await formOf(context);
    const kind = await proofs.kind(session);
    const given = form.either(proofFieldNames);
    let limited = false;
    let objection: string | undefined;
    const answer = form.text(proofPasskeyField);
    const party = this.party(context);
    if (answer !== '' && party !== undefined) {
      const outcome = await proofs.giveByPasskey(session, answer, party, visitOf(context));
      if (outcome === 'right') {
        return await handle(context, { ...guest, session: await proofs.seenAgain(session) });
      }
      limited = outcome === 'limited';
      objection = limited
        ? refusalWords('limited', 'code')
        : 'This passkey is none of yours, or took too long.';
    } else if (given !== undefined) {
      const outcome = await proofs.give(session, given, visitOf(context));
      if (outcome === 'right') {
        return await handle(context, { ...guest, session: await proofs.seenAgain(session) });
      }
      limited = outcome === 'limited';
      objection = refusalWords(outcome, kind === 'code' ? codeKind(given) : kind);
    }
    if (limited) context.header('retry-after', '900');
    const page = proofPage({
      stylesheet: this.stylesheet,
      navigation,
      email: session.user.email,
      kind,
      path: context.req.path,
      fields: form.without([...Object.values(proofFieldNames), proofPasskeyField]),
      passkey: await this.passkeyPart(context, session),
      objection,
      given: given === undefined || kind === 'password' ? undefined : codeKind(given),
    });
    return await this.show(context, page, limited ? 429 : 401);
  }

  async #navigation({ user }: Session): Promise<NavigationItem[]> {
    const { access } = this.rooms;
    const items: NavigationItem[] = [
      ...(this.home === '/account' ? [] : [{ path: this.home, name: 'Overview' }]),
      { path: '/account', name: 'Your account' },
      { path: '/keys', name: 'API keys' },
    ];
    if (await access.may(user, 'members.read')) items.push({ path: '/app/members', name: 'Members' });
    if (await access.may(user, 'audit.read')) items.push({ path: '/audit', name: 'Audit log' });
    return items;
  }
}

const scriptPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export const visitOf = (context: Context): Visit => ({
  cookie: context.req.header('cookie'),
  address: clientAddressOf(context),
  userAgent: context.req.header('user-agent'),
});

/** The fields of a form; other bodies have none. */
export async function formOf(context: Context): Promise<Form> {
  const type = context.req.header('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return new Form(new URLSearchParams());
  return new Form(new URLSearchParams(await context.req.text()));
}

export class Form {
  readonly #fields: URLSearchParams;

  constructor(fields: URLSearchParams) {
    this.#fields = fields;
  }

  /** Empty when it is missing. */
  text(name: string): string {
    return this.#fields.get(name) ?? '';
  }

  all(name: string): string[] {
    return this.#fields.getAll(name);
  }

  /** Of the two fields the one that was filled in; undefined when neither came. */
  either(names: { readonly app: string; readonly recovery: string }): string | undefined {
    const { app, recovery } = names;
    if (!this.#fields.has(app) && !this.#fields.has(recovery)) return undefined;
    return this.text(recovery) || this.text(app);
  }

  /** All but those of these names, as they came. */
  without(not: readonly string[]): (readonly [string, string])[] {
    return [...this.#fields].filter(([name]) => !not.includes(name));
  }
}
