import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from '@hono/zod-openapi';
import { applyForget, backupFiles, planForgetSnapshots } from '@octobox/repository';
import { needsProof, type Permission, reach, roles } from '../access/index.ts';
import {
  checkRequest,
  prunePlanRequest,
  pruneRequest,
  repairPlanRequest,
  repairRequest,
  retentionRequest,
  statisticsRequest,
} from '../backup/index.ts';
import { unsealed } from '../testing/sealed-rows.ts';
import { softwareAuthenticator } from '../testing/temporary-authenticator.ts';
import { appCode } from '../testing/temporary-authenticator-app.ts';
import { onEachDatabase } from '../testing/temporary-database.ts';
import { apiStage, owner } from './api-stage.ts';

interface Described {
  readonly operationId: string;
  readonly 'x-octobox-permission'?: Permission;
  readonly 'x-octobox-in-person'?: 'signed-in' | 'proof';
  readonly 'x-octobox-roles': readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<
    Record<string, { readonly content?: Record<string, { readonly schema: unknown }> }>
  >;
}

type Stage = Awaited<ReturnType<typeof apiStage>>;

/** What each operation works on, and a body that it takes. Made anew for every request that may succeed. */
type Example = (
  s: Stage,
  n: number,
) => Promise<{
  readonly path: string;
  readonly body?: unknown;
  readonly etag?: string | undefined;
  readonly host?: 'localhost';
}>;

const added = async (s: Stage, n: number) => {
  const service = await s.platform.catalog.addService({ name: `Service ${n}`, criticality: 'high' });
  const source = await s.platform.catalog.addSource({
    serviceId: service.id,
    kind: 'files',
    name: `files ${n}`,
    location: s.site,
  });
  return { service, source };
};
const etagAt = async (s: Stage, path: string) =>
  (await s.ask('GET', path, { key: s.key })).headers.get('etag') ?? undefined;
const ownEtagAt = async (s: Stage, path: string) =>
  (await s.ask('GET', path, { inPerson: true })).headers.get('etag') ?? undefined;
const job = async (s: Stage, n: number) => {
  const { source } = await added(s, n);
  const { job } = await s.platform.jobs.enqueue({ kind: 'backup', payload: { sourceId: source.id } });
  return job;
};
const incident = async (s: Stage, n: number) => {
  const { service } = await added(s, n);
  return await s.platform.incidents.open({
    title: 'Slow',
    services: [service.id],
    impact: 'degraded',
    text: 'We look.',
  });
};

/** A source from which something is gone. */
const unsettled = async (s: Stage, n: number) => {
  const { source } = await added(s, n);
  const findings = [{ kind: 'missing', object: 'folder images', summary: 'The folder is gone.' }] as const;
  await s.platform.monitoring.record(source.id, { reachable: true, findings });
  return `/sources/${source.id}/unsettled-change`;
};

/** As it is named to be forgotten. */
const newestSnapshot = async (s: Stage) => ({
  snapshots: [(await s.platform.runs.list({ state: 'succeeded', limit: 1 }))[0]?.snapshotId],
});

/** Data that no snapshot needs. */
const leaveUnneeded = async (s: Stage) => {
  const path = join(s.folder, 'unneeded');
  await writeFile(path, randomBytes(1_000));
  const repository = await s.platform.repository.open();
  const { snapshot } = await backupFiles(repository, { paths: [path], host: 'walk' });
  assert.ok(snapshot);
  await applyForget(repository, planForgetSnapshots([snapshot]));
  await repository.close();
};
const prunePlan = async (s: Stage) => {
  const { job } = await s.platform.jobs.enqueue(prunePlanRequest({}));
  return await s.platform.jobs.finish(job.id);
};
/** Every pack is read again: there is always something to do. */
const repairPlan = async (s: Stage) => {
  const { job } = await s.platform.jobs.enqueue(repairPlanRequest({ what: 'index', readAllPacks: true }));
  return await s.platform.jobs.finish(job.id);
};

/** Somebody to whom something can be shared. */
const vaultEntry = async (s: Stage, n: number) => {
  const body = { name: `Mail ${n}`, kind: 'email-account', login: 'byron@example.com', secret: 'canary-77' };
  const { json } = await s.ask('POST', '/vault/entries', { key: s.key, body });
  return `/vault/entries/${json.id}`;
};

const invitation = async (s: Stage, n: number) => {
  const email = `n${n}@example.com`;
  const { json } = await s.ask('POST', '/invitations', { inPerson: true, body: { email, role: 'viewer' } });
  return json.id;
};

/** Somebody else, who never signs in. */
const member = async (s: Stage, n: number) => {
  const id = `member-${n}`;
  const at = new Date().toISOString();
  await s.rewrite(async (transaction) => {
    const { organisation_id } = await transaction.selectFrom('members').selectAll().executeTakeFirstOrThrow();
    const user = await transaction.selectFrom('users').selectAll().executeTakeFirstOrThrow();
    await transaction
      .insertInto('users')
      .values({ ...user, id, email: `${id}@example.com`, ...unsealed })
      .execute();
    const row = { organisation_id, user_id: id, role: 'viewer', until: null, created_at: at, ...unsealed };
    await transaction.insertInto('members').values(row).execute();
  });
  return id;
};

/** A file that declares one service more, with a source. */
const configurationOf = (s: Stage, n: number) => ({
  text: `services: { declared-${n}: { sources: { 'declared ${n}': { location: '\${SITE}' } } } }`,
  values: { SITE: s.site },
});

const inPerson = { inPerson: true, host: 'localhost' } as const;
const host = 'localhost' as const;

/** What an authenticator app shows for a secret that waits for it. */
const nextCode = async (s: Stage): Promise<string> => {
  const { json } = await s.ask('POST', '/account/second-factor/enrolment', inPerson);
  return appCode(json.secret, new Date());
};
const addPasskey = async (s: Stage, n: number) => {
  const authenticator = softwareAuthenticator(s.url.replace('127.0.0.1', host));
  const { json } = await s.ask('POST', '/account/passkeys/options', inPerson);
  const body = { name: `Stick ${n}`, answer: authenticator.create(json.options) };
  return { authenticator, body };
};
const passkey = async (s: Stage, n: number) => {
  const { authenticator, body } = await addPasskey(s, n);
  await s.ask('POST', '/account/passkeys', { ...inPerson, body });
  const { items } = (await s.ask('GET', '/account/passkeys', inPerson)).json;
  return { authenticator, path: `/account/passkeys/${items.at(-1).id}` };
};
/** Another session of the owner. */
const session = async (s: Stage, n: number) => {
  const id = `session-${n}`;
  await s.rewrite(async (transaction) => {
    const row = await transaction.selectFrom('sessions').selectAll().executeTakeFirstOrThrow();
    await transaction
      .insertInto('sessions')
      .values({ ...row, id, token: id, ...unsealed })
      .execute();
  });
  return id;
};

const examples = {
  getAccount: async () => ({ path: '/account' }),
  changeAccount: async (s, n) => ({
    path: '/account',
    body: { name: `Ada ${n}` },
    etag: await ownEtagAt(s, '/account'),
  }),
  changePassword: async () => ({
    path: '/account/password',
    body: { current: owner.password, fresh: owner.password },
  }),
  listSessions: async () => ({ path: '/account/sessions' }),
  endSession: async (s, n) => ({ path: `/account/sessions/${await session(s, n)}` }),
  endOtherSessions: async () => ({ path: '/account/sessions/end-others' }),
  beginSecondFactor: async () => ({ path: '/account/second-factor/enrolment' }),
  confirmSecondFactor: async (s) => ({
    path: '/account/second-factor/confirm',
    body: { code: await nextCode(s) },
  }),
  renewRecoveryCodes: async () => ({ path: '/account/second-factor/recovery-codes' }),
  endSecondFactor: async () => ({ path: '/account/second-factor/end', body: { password: owner.password } }),
  listPasskeys: async (s, n) => {
    await passkey(s, n);
    return { path: '/account/passkeys' };
  },
  beginPasskey: async () => ({ path: '/account/passkeys/options', host }),
  addPasskey: async (s, n) => ({ path: '/account/passkeys', host, body: (await addPasskey(s, n)).body }),
  getPasskey: async (s, n) => ({ path: (await passkey(s, n)).path }),
  renamePasskey: async (s, n) => {
    const { path } = await passkey(s, n);
    return { path, body: { name: 'The blue stick' }, etag: await ownEtagAt(s, path) };
  },
  removePasskey: async (s, n) => ({ path: (await passkey(s, n)).path }),
  listApiKeys: async () => ({ path: '/account/api-keys' }),
  getApiKeyOffer: async () => ({ path: '/account/api-key-offer' }),
  makeApiKey: async (_, n) => ({
    path: '/account/api-keys',
    body: { name: `Reports ${n}`, scopes: ['runs.read'], until: new Date().toISOString().slice(0, 10) },
  }),
  endApiKey: async (s) => {
    await s.makeKey(['runs.read']);
    const { items } = (await s.ask('GET', '/account/api-keys', inPerson)).json;
    return { path: `/account/api-keys/${items[0].id}` };
  },
  getProofState: async () => ({ path: '/account/proof' }),
  giveProof: async () => ({ path: '/account/proof', body: { given: owner.password } }),
  beginPasskeyProof: async () => ({ path: '/account/proof/passkey-options', host }),
  givePasskeyProof: async (s, n) => {
    const { authenticator } = await passkey(s, n);
    const { json } = await s.ask('POST', '/account/proof/passkey-options', inPerson);
    return { path: '/account/proof/passkey', host, body: { answer: authenticator.get(json.options) } };
  },
  getStatus: async (s, n) => {
    await incident(s, n);
    await s.platform.promises.evaluate();
    return { path: '/status' };
  },
  getSettings: async () => ({ path: '/settings' }),
  getConfiguration: async () => ({ path: '/configuration' }),
  planConfiguration: async (s, n) => ({ path: '/configuration/plan', body: configurationOf(s, n) }),
  carryOutConfiguration: async (s, n) => {
    const body = configurationOf(s, n);
    const { json } = await s.ask('POST', '/configuration/plan', { inPerson: true, body });
    return { path: '/configuration/carry-out', body: { ...body, plan: json.plan } };
  },
  getVaultKeys: async () => ({ path: '/vault/keys' }),
  tryMail: async () => ({ path: '/mails/trials', body: { to: 'byron@example.com' } }),
  listMails: async () => ({ path: '/mails' }),
  listServices: async () => ({ path: '/services' }),
  addService: async (_, n) => ({ path: '/services', body: { name: `New ${n}`, criticality: 'low' } }),
  getService: async (s, n) => ({ path: `/services/${(await added(s, n)).service.id}` }),
  changeService: async (s, n) => {
    const path = `/services/${(await added(s, n)).service.slug}`;
    return { path, body: { name: `Other ${n}` }, etag: await etagAt(s, path) };
  },
  removeService: async (s, n) => {
    const path = `/services/${(await added(s, n)).service.id}`;
    return { path, etag: await etagAt(s, path) };
  },
  listSources: async (s, n) => ({ path: `/sources?service=${(await added(s, n)).service.slug}` }),
  addSource: async (s, n) => {
    const { service } = await added(s, n);
    const body = {
      serviceId: service.id,
      kind: 'files',
      name: `more ${n}`,
      location: s.site,
      schedule: 'every 1h',
    };
    return { path: '/sources', body };
  },
  getSource: async (s, n) => ({ path: `/sources/${(await added(s, n)).source.id}` }),
  changeSource: async (s, n) => {
    const path = `/sources/${(await added(s, n)).source.id}`;
    return {
      path,
      body: { schedule: 'every 2h', options: { excludes: ['*.tmp'] } },
      etag: await etagAt(s, path),
    };
  },
  removeSource: async (s, n) => {
    const path = `/sources/${(await added(s, n)).source.id}`;
    return { path, etag: await etagAt(s, path) };
  },
  getUnsettledChange: async (s, n) => ({ path: await unsettled(s, n) }),
  acceptChange: async (s, n) => {
    const path = await unsettled(s, n);
    return { path: `${path}/accept`, etag: await etagAt(s, path), body: { reason: 'They moved' } };
  },
  listUnsettledChanges: async (s, n) => {
    await unsettled(s, n);
    return { path: '/unsettled-changes?limit=2' };
  },
  listRuns: async () => ({ path: '/runs?limit=1' }),
  getRun: async (s) => ({ path: `/runs/${(await s.platform.runs.list({ limit: 1 }))[0]?.id}` }),
  listDrills: async () => ({ path: '/drills' }),
  listSnapshots: async () => ({ path: '/snapshots?limit=5' }),
  getSnapshot: async (s) => ({
    path: `/snapshots/${(await s.platform.runs.list({ state: 'succeeded', limit: 1 }))[0]?.snapshotId}`,
  }),
  changeSnapshot: async (s, n) => {
    const id = (await s.platform.runs.list({ state: 'succeeded', limit: 1 }))[0]?.snapshotId;
    const path = `/snapshots/${id}`;
    return { path, body: { tags: { add: [`kept ${n}`] } }, etag: await etagAt(s, path) };
  },
  listSnapshotFiles: async (s) => {
    const id = (await s.platform.runs.list({ state: 'succeeded', limit: 1 }))[0]?.snapshotId;
    return { path: `/snapshots/${id}/files?search=index&limit=1` };
  },
  findSnapshotFiles: async (s) => {
    const id = (await s.platform.runs.list({ state: 'succeeded', limit: 1 }))[0]?.sourceId;
    return { path: `/sources/${id}/found-files?search=index&limit=1` };
  },
  listSnapshotDifferences: async (s) => {
    const id = (await s.platform.runs.list({ state: 'succeeded', limit: 1 }))[0]?.snapshotId;
    return { path: `/snapshots/${id}/differences?since=${id}` };
  },
  downloadSnapshotFile: async (s) => {
    const id = (await s.platform.runs.list({ state: 'succeeded', limit: 1 }))[0]?.snapshotId;
    return { path: `/snapshots/${id}/download?path=${encodeURIComponent(join(s.site, 'index.html'))}` };
  },
  downloadSnapshotFolder: async (s) => {
    const id = (await s.platform.runs.list({ state: 'succeeded', limit: 1 }))[0]?.snapshotId;
    return { path: `/snapshots/${id}/archive?path=${encodeURIComponent(s.site)}` };
  },
  planForget: async (s) => ({ path: '/forget-plans', body: await newestSnapshot(s) }),
  forgetSnapshots: async (s) => {
    const body = await newestSnapshot(s);
    const { json } = await s.ask('POST', '/forget-plans', { key: s.key, body });
    return {
      path: '/forget-plans/carry-out',
      body: { ...body, plan: json.id, confirmRemove: json.removeCount },
    };
  },
  getDrill: async (s) => ({ path: `/drills/${(await s.platform.recoveries.drills({ limit: 1 }))[0]?.id}` }),
  planRestore: async (s) => ({
    path: '/restore-plans',
    body: { source: (await s.platform.runs.list({ state: 'succeeded', limit: 1 }))[0]?.sourceId },
  }),
  startRestore: async (s) => {
    const { body } = await examples.planRestore(s);
    const { json } = await s.ask('POST', '/restore-plans', { key: s.key, body });
    return { path: '/restores', body: { plan: json.id } };
  },
  listRestores: async () => ({ path: '/restores' }),
  getRestore: async (s) => ({
    path: `/restores/${(await s.platform.recoveries.restores({ limit: 1 }))[0]?.id}`,
  }),
  runBackup: async (s, n) => ({ path: `/sources/${(await added(s, n)).source.id}/backups` }),
  runDrill: async (s, n) => ({ path: `/sources/${(await added(s, n)).source.id}/drills` }),
  listJobs: async () => ({ path: '/jobs?limit=3' }),
  getJob: async (s, n) => ({ path: `/jobs/${(await job(s, n)).id}` }),
  getJobLog: async (s, n) => ({ path: `/jobs/${(await job(s, n)).id}/log` }),
  followJob: async (s, n) => {
    const { id } = await job(s, n);
    await s.platform.jobs.cancel(id);
    return { path: `/jobs/${id}/events` };
  },
  cancelJob: async (s, n) => ({ path: `/jobs/${(await job(s, n)).id}/cancel` }),
  getRepositoryGrowth: async (s, n) => {
    // The one that follows from backups waits for an hour.
    const { job } = await s.platform.jobs.enqueue({ ...retentionRequest(), uniqueKey: `retention ${n}` });
    await s.platform.jobs.finish(job.id);
    return { path: '/repository-growth?days=2' };
  },
  checkRepository: async () => ({ path: '/repository-checks', body: { data: '5%' } }),
  listRepositoryChecks: async () => ({ path: '/repository-checks?limit=1' }),
  getRepositoryCheck: async (s) => {
    const { job } = await s.platform.jobs.enqueue(checkRequest({ data: 'none' }));
    await s.platform.jobs.finish(job.id);
    return { path: `/repository-checks/${job.id}` };
  },
  listLocks: async () => ({ path: '/locks?limit=1' }),
  removeLocks: async () => ({ path: '/lock-removals', body: { locks: ['0'.repeat(64)] } }),
  countSnapshots: async () => ({ path: '/statistics', body: { mode: 'raw-data' } }),
  listStatistics: async () => ({ path: '/statistics' }),
  getStatistics: async (s) => {
    const { job } = await s.platform.jobs.enqueue(statisticsRequest({ mode: 'restore-size' }));
    await s.platform.jobs.finish(job.id);
    return { path: `/statistics/${job.id}` };
  },
  planPrune: async () => ({ path: '/prune-plans', body: { maxUnusedPercent: 10 } }),
  getPrunePlan: async (s) => ({ path: `/prune-plans/${(await prunePlan(s)).id}` }),
  carryOutPrunePlan: async (s) => {
    await leaveUnneeded(s);
    return { path: `/prune-plans/${(await prunePlan(s)).id}/carry-out` };
  },
  listPrunes: async () => ({ path: '/prunes?limit=1' }),
  getPrune: async (s) => {
    const { job } = await s.platform.jobs.enqueue(pruneRequest({ wish: {}, digest: 'another' }));
    await s.platform.jobs.finish(job.id);
    return { path: `/prunes/${job.id}` };
  },
  planRepair: async () => ({ path: '/repair-plans', body: { what: 'packs', packs: ['0'.repeat(64)] } }),
  getRepairPlan: async (s) => ({ path: `/repair-plans/${(await repairPlan(s)).id}` }),
  carryOutRepairPlan: async (s) => ({ path: `/repair-plans/${(await repairPlan(s)).id}/carry-out` }),
  listRepairs: async () => ({ path: '/repairs?limit=1' }),
  getRepair: async (s) => {
    const payload = { wish: { what: 'index' }, plan: 1, marks: [] } as const;
    const { job } = await s.platform.jobs.enqueue(repairRequest(payload));
    await s.platform.jobs.finish(job.id);
    return { path: `/repairs/${job.id}` };
  },
  listRepositories: async () => ({ path: '/repositories' }),
  runMirror: async () => ({ path: '/repositories/paris/mirrors' }),
  getMirrorPlan: async () => ({ path: '/repositories/paris/mirror-plan' }),
  carryOutMirrorPlan: async (s) => {
    await rm(join(s.folder, 'paris'), { recursive: true, force: true });
    await s.platform.runNow.mirror('paris');
    const { json } = await s.ask('GET', '/repositories/paris/mirror-plan', { key: s.key });
    return { path: '/repositories/paris/mirror-plan/carry-out', body: { plan: json.plan } };
  },
  listMirrors: async () => ({ path: '/mirrors?repository=paris' }),
  getMirror: async (s) => ({ path: `/mirrors/${(await s.platform.offSite.book.runs({}))[0]?.id}` }),
  listPromises: async () => ({ path: '/promises' }),
  listIncidents: async (s, n) => {
    await incident(s, n);
    return { path: '/incidents?open=true' };
  },
  openIncident: async (s, n) => {
    const { service } = await added(s, n);
    const body = { title: 'Down', services: [service.slug], impact: 'outage', text: 'We are on it.' };
    return { path: '/incidents', body };
  },
  getIncident: async (s, n) => ({ path: `/incidents/${(await incident(s, n)).id}` }),
  updateIncident: async (s, n) => {
    const { id } = await incident(s, n);
    return { path: `/incidents/${id}/updates`, body: { text: 'Found it.', state: 'identified' } };
  },
  listVaultEntries: async (s, n) => {
    await vaultEntry(s, n);
    return { path: '/vault/entries?owner=me&search=mail' };
  },
  addVaultEntry: async (_, n) => ({
    path: '/vault/entries',
    body: { name: `Mail of customer ${n}`, kind: 'email-account', secret: 'canary-77', customer: 'Byron' },
  }),
  getVaultEntry: async (s, n) => ({ path: await vaultEntry(s, n) }),
  changeVaultEntry: async (s, n) => {
    const path = await vaultEntry(s, n);
    return { path, body: { secret: 'canary-78', login: null }, etag: await etagAt(s, path) };
  },
  removeVaultEntry: async (s, n) => {
    const path = await vaultEntry(s, n);
    return { path, etag: await etagAt(s, path) };
  },
  listVaultGrants: async () => ({ path: '/vault/grants?person=me' }),
  giveVaultGrant: async (s, n) => {
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const body = { personId: 'ben', reason: 'Holidays', endsAt, mostOpenings: 1 };
    return { path: `${await vaultEntry(s, n)}/grants`, body };
  },
  withdrawVaultGrant: async (s, n) => {
    const { path, body } = await examples.giveVaultGrant(s, n);
    const { json } = await s.ask('POST', path, { inPerson: true, body });
    return { path: `/vault/grants/${json.id}` };
  },
  transferVaultEntry: async (s, n) => {
    const path = await vaultEntry(s, n);
    const body = { ownerId: 'ben', reason: 'Leaves', name: `Mail ${n} of ada` };
    return { path: `${path}/transfer`, body, etag: await etagAt(s, path) };
  },
  openVaultEntry: async (s, n) => {
    const path = `${await vaultEntry(s, n)}/openings`;
    return { path };
  },
  getVaultEvidence: async () => ({ path: '/vault/evidence' }),
  listVaultOpenings: async () => ({ path: '/vault/openings?owner=me' }),
  listMembers: async () => ({ path: '/members' }),
  getMember: async (s, n) => ({ path: `/members/${await member(s, n)}` }),
  changeMember: async (s, n) => {
    const path = `/members/${await member(s, n)}`;
    return { path, body: { role: 'auditor' }, etag: await etagAt(s, path) };
  },
  endAssignment: async (s, n) => {
    const id = await member(s, n);
    const outside = { role: 'outside-administrator', until: new Date(Date.now() + 60_000).toISOString() };
    await s.rewrite((t) => t.updateTable('members').set(outside).where('user_id', '=', id).execute());
    return { path: `/members/${id}/end-assignment` };
  },
  getMemberRemoval: async (s, n) => ({ path: `/members/${await member(s, n)}/removal` }),
  removeMember: async (s, n) => {
    const path = `/members/${await member(s, n)}`;
    return { path, etag: await etagAt(s, `${path}/removal`) };
  },
  inviteMember: async (_, n) => ({
    path: '/invitations',
    body: { email: `m${n}@example.com`, role: 'viewer' },
  }),
  listInvitations: async (s, n) => {
    await invitation(s, n);
    return { path: '/invitations' };
  },
  renewInvitation: async (s, n) => ({ path: `/invitations/${await invitation(s, n)}/renew`, body: {} }),
  withdrawInvitation: async (s, n) => ({ path: `/invitations/${await invitation(s, n)}` }),
  getCaller: async () => ({ path: '/caller' }),
  listAuditEntries: async () => ({
    path: '/audit-entries?limit=2&search=service&kind=service&from=2020-01-01',
  }),
} satisfies Readonly<Record<string, Example>>;

onEachDatabase((databases) => {
  describe('every operation of the API, walked by its document', () => {
    it('asks who calls and whether they may, refuses what is not as it says, and answers as it says', async () => {
      await using s = await apiStage(databases, {
        offSite: true,
        // Nobody listens there: that is an answer, too.
        more: 'mail: { server: 127.0.0.1, port: 9, tls: none, from: octobox@example.com }\n',
      });
      const first = await added(s, 0);
      await s.addColleague();
      await s.platform.runNow.backup(first.source.id);
      await s.platform.runNow.drill(first.source.id);
      await s.platform.runNow.mirror('paris');
      await s.platform.runNow.restore(first.source.id);
      const document = (await s.ask('GET', '/openapi.json')).json;
      const operations = Object.entries<Record<string, Described>>(document.paths).flatMap(([path, item]) =>
        Object.entries(item).map(([method, described]) => ({
          path,
          method: method.toUpperCase(),
          described,
        })),
      );
      assert.deepEqual(
        operations.map(({ described }) => described.operationId).sort(),
        Object.keys(examples).sort(),
      );
      const [toServices, toRuns] = [await s.makeKey(['services.read']), await s.makeKey(['runs.read'])];
      let n = 0;
      for (const { path: template, method, described } of operations) {
        const { operationId, requestBody, 'x-octobox-permission': permission } = described;
        const person = described['x-octobox-in-person'];
        const example: Example | undefined = (examples as Record<string, Example>)[operationId];
        assert.ok(example);
        const next = async () => {
          n += 1;
          const { path, body, etag, host } = await example(s, n);
          const at = host === undefined ? {} : { host };
          return { path, body, ...at, headers: etag === undefined ? {} : { 'if-match': etag } };
        };
        const problem = (
          answer: Awaited<ReturnType<Stage['ask']>>,
          status: number,
          code: string,
          why: string,
        ) => {
          const where = `${operationId}: ${why}: ${answer.status} ${answer.text.slice(0, 300)}`;
          assert.equal(answer.status, status, where);
          assert.equal(answer.json?.code, code, where);
          assert.equal(answer.headers.get('content-type'), 'application/problem+json', where);
          assert.equal(answer.json.status, status, where);
        };
        const one = await next();
        // No key can show who asks.
        const proved = person === 'proof' || (permission !== undefined && needsProof(permission));
        const who = proved || person !== undefined ? { inPerson: true } : { key: s.key };

        problem(await s.ask(method, one.path, one), 401, 'api.unauthenticated', 'nobody');
        const foreign = { ...one, key: `octobox_${'x'.repeat(43)}` };
        problem(await s.ask(method, one.path, foreign), 401, 'api.unauthenticated', 'a key that is none');

        for (const role of roles) {
          await s.become({ role });
          const may = permission === undefined || reach(role, permission) !== 'none';
          assert.equal(described['x-octobox-roles'].includes(role), may);
          if (!may) problem(await s.ask(method, one.path, { ...one, ...who }), 403, 'server.forbidden', role);
        }
        // No service is assigned to this outside administrator: that there are others is not told either.
        await s.become({ role: 'outside-administrator' });
        if (permission !== undefined) {
          const outside = await s.ask(method, one.path, { ...one, ...who });
          problem(outside, 403, 'server.forbidden', 'no service assigned');
        }
        await s.become({ role: 'owner' });
        if (permission !== undefined) {
          const other = permission === 'runs.read' ? toServices : toRuns;
          problem(
            await s.ask(method, one.path, { ...one, key: other }),
            403,
            'server.forbidden',
            'another scope',
          );
        }
        if (proved || person !== undefined)
          problem(await s.ask(method, one.path, { ...one, key: s.key }), 403, 'server.forbidden', 'a key');
        if (proved) {
          await s.prove(new Date(Date.now() - 901_000));
          problem(
            await s.ask(method, one.path, { ...one, ...who }),
            403,
            'server.proof-needed',
            'an old proof',
          );
          await s.prove();
        }
        // Of another organisation, or of none any more.
        const members = await s.database.read.selectFrom('members').selectAll().execute();
        await s.database.change((transaction) => transaction.deleteFrom('members').execute());
        // The own account stays one's own.
        if (person === undefined) {
          const stranger = await s.ask(method, one.path, { ...one, ...who });
          if (permission !== undefined) problem(stranger, 403, 'server.forbidden', 'no member');
          else assert.deepEqual(stranger.json.permissions, []);
        }
        const back = members.map((row) => ({ ...row, ...unsealed }));
        await s.rewrite((transaction) => transaction.insertInto('members').values(back).execute());

        if (requestBody !== undefined) {
          const send = (raw: string, more = {}) =>
            s.ask(method, one.path, { ...who, raw, headers: { ...one.headers, ...more } });
          problem(await send('{'), 400, 'api.malformed', 'half a body');
          problem(await send('{}', { 'content-type': 'text/plain' }), 415, 'api.media-type', 'plain text');
          problem(await send('{"unknown":1}'), 422, 'api.invalid', 'an unknown field');
          problem(await send('[]'), 422, 'api.invalid', 'a list');
          problem(await send(`${'['.repeat(50_000)}${']'.repeat(50_000)}`), 422, 'api.invalid', 'depth');
          problem(await send(`"${'x'.repeat(300_000)}"`), 413, 'api.too-large', 'size');
        } else {
          const sent = { ...who, headers: one.headers, raw: '{}' };
          // A request that reads has no body, as everybody's clients have it.
          if (method !== 'GET')
            problem(await s.ask(method, one.path, sent), 400, 'api.body', 'a body that nobody asked for');
        }
        const named = /\{(\w+)\}/.exec(template);
        if (named !== null) {
          const at = template.split('/').findIndex((part) => part.startsWith('{'));
          const nothing = one.path.split('/').with(at, '999999').join('/');
          problem(await s.ask(method, nothing, { ...one, ...who }), 404, 'server.not-found', 'no such thing');
        }
        if (described.parameters?.some(({ name }) => name === 'If-Match') === true) {
          const { headers: _, ...bare } = one;
          problem(await s.ask(method, one.path, { ...bare, ...who }), 428, 'api.etag-missing', 'no ETag');
          const old = { ...one, headers: { 'if-match': '"old"' } };
          problem(await s.ask(method, one.path, { ...old, ...who }), 412, 'api.outdated', 'another ETag');
        }

        if (person === 'signed-in') await s.prove();
        const good = await next();
        const answer = await s.ask(method, good.path, { ...good, ...who });
        if (operationId === 'getStatus') {
          // Work that was asked for above may end between two requests, and that is news.
          let [told, again] = [answer, answer.status];
          for (let tries = 0; again !== 304 && tries < 50; tries++) {
            const headers = { 'if-none-match': told.headers.get('etag') ?? '' };
            told = await s.ask('GET', good.path, { ...who, headers });
            again = told.status;
          }
          assert.equal(again, 304);
        }
        if (operationId === 'getRepositoryGrowth') assert.ok(answer.json.measured[0].bytes > 0);
        const [status = ''] = Object.keys(described.responses);
        assert.equal(answer.status, Number(status), `${operationId}: ${answer.text.slice(0, 500)}`);
        const content = described.responses[status]?.content?.['application/json'];
        if (content !== undefined) {
          const schema = { $defs: document.components.schemas, ...(content.schema as object) };
          const text = JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/');
          const { error } = z.fromJSONSchema(JSON.parse(text)).safeParse(answer.json);
          assert.equal(error, undefined, `${operationId}: ${error?.message} ${answer.text.slice(0, 500)}`);
        }
      }
    });
  });
});
