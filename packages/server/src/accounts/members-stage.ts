/** A console with an owner and two services, where others are invited and join. */
import assert from 'node:assert/strict';
import type { DatabaseMaker } from '../temporary-database.ts';
import { consoleStage } from './console-stage.ts';

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
  const invite = async (role: string, email = `${role}@example.com`, more: Record<string, string> = {}) => {
    const outside = role === 'outside-administrator' ? { until: tomorrow, service: 'shop' } : {};
    const { status, text } = await owner.go('/members/invite', { email, role, ...outside, ...more });
    return { status, text, path: /(\/invitation\/[^<]+)</.exec(text)?.[1] ?? '' };
  };
  /** Somebody with this role, signed in. */
  const join = async (role: string, email = `${role}@example.com`) => {
    const { path, text } = await invite(role, email);
    assert.notEqual(path, '', text);
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
  return { ...s, owner, invite, join, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() };
}
