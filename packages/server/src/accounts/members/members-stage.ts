/** A console with an owner and two services, where others are invited and join. */
import assert from 'node:assert/strict';
import type { DatabaseMaker } from '../../testing/temporary-database.ts';
import { consoleStage } from '../console-stage.ts';
import type { NewInvitation } from './invitations.ts';

export const other = 'four lamps in a harbour';

export async function membersStage(
  databases: DatabaseMaker,
  options: Parameters<typeof consoleStage>[1] = {},
) {
  const s = await consoleStage(databases, options);
  const { who: owner } = await s.setUp();
  await s.database.change(async (t) => {
    for (const id of ['shop', 'mail']) {
      const targets = { rpo_seconds: 1, rto_seconds: 1, rehearse_seconds: 1 };
      const row = {
        id,
        slug: id,
        name: `The ${id}`,
        criticality: 'high' as const,
        created_at: '',
        ...targets,
      };
      await t.insertInto('services').values(row).execute();
    }
  });
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const origin = { address: '127.0.0.1' };
  /** Of who is signed in with that browser. */
  const sessionOf = async ({ cookie }: { readonly cookie: string }) =>
    (await s.accounts.session({ cookie, address: undefined, userAgent: undefined })) ??
    assert.fail('signed out');
  /** By the owner. The path is that of the link, or empty when it is on its way by mail. */
  const invite = async (role: string, email = `${role}@example.com`, more: Partial<NewInvitation> = {}) => {
    const outside = role === 'outside-administrator' ? { until: tomorrow, services: ['shop'] } : {};
    const given = { email, role, until: '', services: [], ...outside, ...more };
    const { token, invitation } = await s.invitations.make(await sessionOf(owner), given, origin);
    return { invitation, path: token === undefined ? '' : `/invitation/${token}` };
  };
  /** Somebody with this role, signed in. */
  const join = async (role: string, email = `${role}@example.com`) => {
    const { path } = await invite(role, email);
    assert.notEqual(path, '');
    const who = s.browser();
    const answer = await who.go(path, { name: `The ${role}`, password: other });
    assert.equal(answer.status, 303, answer.text);
    const { id } = await s.database.read
      .selectFrom('users')
      .select('id')
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    return { ...who, go: who.go.bind(who), id, path };
  };
  return {
    ...s,
    owner,
    origin,
    sessionOf,
    invite,
    join,
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  };
}
