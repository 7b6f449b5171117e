/** A whole platform with its API for tests: an owner, a service with a source, and a run of each kind. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Permission } from '../access/index.ts';
import { migrations } from '../migrations.ts';
import { openPlatform } from '../open-platform.ts';
import { configFrom, instant, type Log, openDatabase, silentLog, type Writer } from '../platform/index.ts';
import { changeSealed, identityOf, unsealed } from '../testing/sealed-rows.ts';
import type { DatabaseMaker } from '../testing/temporary-database.ts';
import { writeVaultKey } from '../testing/temporary-vault-key.ts';

export const owner = {
  name: 'Ada',
  email: 'ada@example.com',
  organisation: 'Engines',
  password: 'three owls & a canary-77',
};

/** With `offSite` it has an off-site repository called `paris`, or those named, to which nothing was sent yet. `more`: lines of octobox.yaml. */
export async function apiStage(
  databases: DatabaseMaker,
  {
    offSite = false,
    log = silentLog,
    more = '',
  }: { offSite?: boolean | readonly string[]; log?: Log; more?: string } = {},
) {
  const settings = await databases.upToDate();
  const folder = await mkdtemp(join(tmpdir(), 'octobox-api-'));
  const site = join(folder, 'site');
  await mkdir(site);
  await writeFile(join(site, 'index.html'), '<h1>A shop</h1>');
  const places = offSite === true ? ['paris'] : offSite || [];
  const elsewhere = places.map(
    (name) => `${name}: { location: '${join(folder, name)}', place: 'Paris, France', layers: none }`,
  );
  const offsite = places.length === 0 ? '' : `offsite: { ${elsewhere.join(', ')} }\n`;
  const text = `listen: 127.0.0.1:0\nconsole: { listen: 127.0.0.1:0 }\n${offsite}${more}`;
  const config = {
    ...configFrom({
      env: {},
      dataFolder: join(folder, 'data'),
      file: { path: join(folder, 'octobox.yaml'), text },
    }),
    database: settings,
  };
  await writeVaultKey(config.dataFolder);
  const platform = await openPlatform(config, { log });
  const database = await openDatabase(settings, migrations);
  const identity = identityOf({ database, folder: config.dataFolder });
  const rewrite = <T>(work: (transaction: Writer) => Promise<T>): Promise<T> =>
    changeSealed(database, identity, work);
  await platform.repository.init();
  const { url, setUpUrl } = await platform.startConsole();
  assert.ok(setUpUrl);
  const port = new URL(url).port;
  const token = setUpUrl.split('/').at(-1) ?? '';
  let cookie = '';
  const page = async (path: string, form?: readonly (readonly [string, string])[]): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      redirect: 'manual',
      headers: { cookie, origin: `http://127.0.0.1:${port}` },
      ...(form === undefined
        ? {}
        : { method: 'POST', body: new URLSearchParams(form.map(([a, b]) => [a, b])) }),
    });
    for (const set of response.headers.getSetCookie()) cookie = set.split(';')[0] ?? '';
    return await response.text();
  };
  const ask = async (
    method: string,
    path: string,
    options: {
      key?: string;
      /** As the owner's own browser. */
      inPerson?: boolean;
      body?: unknown;
      raw?: string;
      headers?: Record<string, string>;
      /** Passkeys are bound to a name. */
      host?: 'localhost';
    } = {},
  ) => {
    const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const { host = '127.0.0.1' } = options;
    const response = await fetch(`http://${host}:${port}/api/v1${path}`, {
      method,
      headers: {
        ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
        ...(options.inPerson === true ? { cookie, origin: `http://${host}:${port}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    for (const set of response.headers.getSetCookie()) cookie = set.split(';')[0] ?? '';
    const answer = await response.text();
    const isJson = answer !== '' && response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text: answer,
      json: isJson ? JSON.parse(answer) : undefined,
    };
  };
  await page(`/setup/${token}`, Object.entries(owner));
  /** The secret of a key that the owner made. */
  const makeKey = async (scopes: readonly Permission[]): Promise<string> => {
    const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const body = { name: 'a test', until, scopes };
    const { text, json } = await ask('POST', '/account/api-keys', { inPerson: true, body });
    assert.match(json?.secret, /^octobox_[A-Za-z0-9_-]{43}$/, text);
    return json.secret;
  };
  const key = await makeKey((await ask('GET', '/account/api-key-offer', { inPerson: true })).json.scopes);
  return {
    ...{ platform, database, settings, folder, site, key, makeKey, ask, page },
    url: `http://127.0.0.1:${port}`,
    cookie: () => cookie,
    /** Writes by SQL what the platform might have written. */
    rewrite,
    /** The owner is a member of another kind from now on. */
    become: (change: { role?: string; until?: string }) =>
      rewrite((transaction) => transaction.updateTable('members').set(change).execute()),
    /** Ben, an operator, who never signs in. */
    addColleague: () =>
      rewrite(async (t) => {
        const at = new Date().toISOString();
        const user = {
          id: 'ben',
          name: 'Ben',
          email: 'ben@example.com',
          email_verified: 1,
          image: null,
          second_factor_since: null,
        };
        await t
          .insertInto('users')
          .values({ ...user, created_at: at, updated_at: at, ...unsealed })
          .execute();
        const { organisation_id } = await t
          .selectFrom('members')
          .select('organisation_id')
          .executeTakeFirstOrThrow();
        const member = { organisation_id, user_id: 'ben', role: 'operator', created_at: at, until: null };
        await t
          .insertInto('members')
          .values({ ...member, ...unsealed })
          .execute();
      }),
    /** The owner showed who that is, or did so too long ago. */
    prove: (provedAt: Date = new Date()) =>
      rewrite(async (transaction) => {
        const sessions = await transaction.selectFrom('sessions').select('id as session_id').execute();
        await transaction.deleteFrom('session_proofs').execute();
        const rows = sessions.map((row) => ({ ...row, proved_at: instant(provedAt), ...unsealed }));
        await transaction.insertInto('session_proofs').values(rows).execute();
      }),
    async [Symbol.asyncDispose]() {
      await platform.stop();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
