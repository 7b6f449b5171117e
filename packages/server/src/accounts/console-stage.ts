/** A console on a real database and a real port, for tests, with browsers as far as they matter. */
import assert from 'node:assert/strict';
import { Access, permissions } from '../access/index.ts';
import { AuditLog } from '../audit/index.ts';
import { IdentitySeals, RowCheck } from '../identity/index.ts';
import { MailJob, Outbox } from '../mail/index.ts';
import {
  type Database,
  type Log,
  listen,
  type MailSettings,
  makeJobQueue,
  type OidcSettings,
  silentLog,
  type Writer,
} from '../platform/index.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { changeSealed } from '../testing/sealed-rows.ts';
import type { DatabaseMaker } from '../testing/temporary-database.ts';
import { writeVaultKey } from '../testing/temporary-vault-key.ts';
import { KeyFile, OwnKeys, Vault } from '../vault/index.ts';
import { accountPages } from './account-pages.ts';
import { Accounts } from './accounts.ts';
import { ApiKeys } from './api-keys/api-keys.ts';
import { AccountEngine } from './engine/account-engine.ts';
import { Invitations } from './members/invitations.ts';
import { Members } from './members/members.ts';
import { argon2id, PasswordHashing } from './password/password-hashing.ts';
import { PasswordReset } from './password/password-reset.ts';

export const password = 'three owls & a canary-77';
export const ada = { name: 'Ada', email: 'ada@example.com', organisation: 'Engines', password };
const weak = { memory: 64, passes: 1, lanes: 1 };

/** What an API of a test is made from beside its own rooms. */
export interface StageRooms {
  readonly database: Database;
  readonly clock: ManualClock;
  readonly audit: AuditLog;
  readonly access: Access;
  readonly accounts: Accounts;
  readonly keys: ApiKeys;
  readonly vault: Vault;
  readonly identity: IdentitySeals;
  readonly url: string;
}

interface StageOptions {
  readonly url?: string;
  readonly trustedProxies?: readonly string[];
  readonly allowFrom?: readonly string[];
  readonly mail?: MailSettings;
  readonly oidc?: OidcSettings;
  readonly log?: Log;
  /** It writes to the database as somebody with SQL does. */
  readonly forges?: boolean;
  readonly api?: (rooms: StageRooms) => Parameters<typeof accountPages>[0]['api'];
}

export async function consoleStage(databases: DatabaseMaker, options: StageOptions = {}) {
  const temporary = await databases.open();
  const { database, folder } = temporary;
  const clock = new ManualClock(new Date().toISOString());
  await writeVaultKey(folder);
  const vault = new Vault({ database, clock, holder: new KeyFile(folder, { bits: 2_048 }) });
  const audit = new AuditLog({ database, clock });
  const url = options.url ?? 'http://127.0.0.1:8421';
  const jobs = makeJobQueue({ database, clock, log: silentLog, leaseMs: 30_000 });
  const outbox = new Outbox({ database, clock, vault, jobs, settings: options.mail });
  jobs.define(new MailJob({ outbox, clock, log: silentLog }));
  const log = options.log ?? silentLog;
  const ownKeys = new OwnKeys({ database, vault, folder });
  const identityBy = (keys: OwnKeys) => new IdentitySeals({ database, audit, log, keys });
  const identity = identityBy(ownKeys);
  const rows = new RowCheck({ database, clock, identity });
  const makeEngine = (hashing = new PasswordHashing(weak), keys = ownKeys, seals = identity) =>
    new AccountEngine({
      ...{ database, clock, audit, outbox, url, identity: seals, ownKeys: keys },
      hashing,
    });
  /** Those of another node, or of a process that starts. */
  const make = (parameters = weak, sealing = vault, derive = argon2id) => {
    const keys = new OwnKeys({ database, vault: sealing, folder });
    const seals = identityBy(keys);
    const engine = makeEngine(new PasswordHashing(parameters, derive), keys, seals);
    return new Accounts({ database, clock, audit, url, identity: seals, vault: sealing, engine });
  };
  const engine = makeEngine();
  const accounts = new Accounts({ database, clock, audit, vault, url, engine, identity, oidc: options.oidc });
  const access = new Access({ database, clock, identity });
  const members = new Members({ database, clock, audit, access, accounts, engine, identity });
  const invitations = new Invitations({ database, clock, audit, access, accounts, engine, identity });
  const keys = new ApiKeys({ database, clock, audit, access, identity });
  const resets = new PasswordReset({ database, clock, audit, engine, accounts, keys, identity });
  const services = async () => await database.read.selectFrom('services').select(['id', 'name']).execute();
  const listening = await listen(
    await accountPages({
      ...{ accounts, access, members, invitations, resets, keys, audit, services, url },
      log: silentLog,
      keyUses: () => permissions,
      api: options.api?.({ database, clock, audit, access, accounts, keys, vault, identity, url }) ?? {
        fetch: () => new Response(null, { status: 404 }),
      },
    }),
    {
      host: '127.0.0.1',
      port: 0,
    },
    { trustedProxies: options.trustedProxies ?? [], allowFrom: options.allowFrom, log: silentLog },
  );
  /** A browser as far as it matters: it keeps cookies and says where a form comes from. */
  const browser = (userAgent = 'Mozilla/5.0 (X11; Linux) Firefox/140.0') => {
    const jar = new Map<string, string>();
    return {
      get cookie() {
        return [...jar].map((pair) => pair.join('=')).join('; ');
      },
      async go(path: string, form?: Record<string, string>, headers: Record<string, string> = {}) {
        const response = await fetch(`${listening.url}${path}`, {
          method: form === undefined ? 'GET' : 'POST',
          redirect: 'manual',
          headers: {
            'user-agent': userAgent,
            ...(jar.size === 0 ? {} : { cookie: this.cookie }),
            ...(form === undefined ? {} : { origin: listening.url, 'sec-fetch-site': 'same-origin' }),
            ...headers,
          },
          ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
        });
        this.keep(response);
        return {
          status: response.status,
          to: response.headers.get('location'),
          headers: response.headers,
          text: await response.text(),
        };
      },
      /** Asks the API, as a page of the console does. */
      async ask(method: string, path: string, body?: unknown, more: Record<string, string> = {}) {
        const address = listening.url.replace('127.0.0.1', 'localhost');
        const response = await fetch(`${address}/api/v1${path}`, {
          method,
          headers: {
            ...{ 'user-agent': userAgent, cookie: this.cookie, origin: address },
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...more,
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        this.keep(response);
        const text = await response.text();
        return {
          status: response.status,
          headers: response.headers,
          json: text === '' ? {} : JSON.parse(text),
        };
      },
      keep(response: Response) {
        for (const set of response.headers.getSetCookie()) {
          const [pair = ''] = set.split(';');
          const [name = '', value = ''] = pair.split(/=(.*)/s);
          if (/Max-Age=0/i.test(set)) jar.delete(name);
          else jar.set(name, value);
        }
      },
    };
  };
  const setUp = async (who = browser()) => {
    const token = await accounts.setUpLink.make();
    const answer = await who.go(`/setup/${token}`, ada);
    assert.equal(answer.status, 303, answer.text);
    return { who, token };
  };
  return {
    ...temporary,
    clock,
    accounts,
    make,
    vault,
    ownKeys,
    identity,
    rows,
    audit,
    access,
    members,
    invitations,
    resets,
    keys,
    outbox,
    /** Writes by SQL what the platform might have written. */
    rewrite: <T>(work: (transaction: Writer) => Promise<T>): Promise<T> =>
      changeSealed(database, identity, work),
    /** Works off the mails that wait. */
    async sendMails() {
      for (const { id } of await jobs.list({ kind: 'mail', states: ['queued'] })) await jobs.finish(id);
    },
    url: listening.url,
    browser,
    setUp,
    actions: async () => (await audit.entries({ limit: 200 })).map(({ action }) => action).reverse(),
    async [Symbol.asyncDispose]() {
      await listening.close(100);
      // Every row that was written meanwhile was sealed, but for those of tests that say otherwise.
      if (options.forges !== true) assert.deepEqual((await rows.check()).foreign, {});
      await temporary[Symbol.asyncDispose]();
    },
  };
}
