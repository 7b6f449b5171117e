import type { AuditRecord, Origin } from '../../audit/index.ts';

export type RecordedVerb = 'create' | 'update' | 'delete';

interface Recorded {
  /** What an entry calls the thing. */
  readonly subject: string;
  /** Fields that every auditor may read; all others stay out of the log, secrets among them. */
  readonly shown: readonly string[];
  readonly actions: Readonly<Record<RecordedVerb, string>>;
}

/** What is recorded of which table, by the name that better-auth has for it. */
const recorded: Readonly<Record<string, Recorded>> = {
  user: {
    subject: 'user',
    shown: ['name', 'email', 'emailVerified'],
    actions: { create: 'user.created', update: 'user.changed', delete: 'user.removed' },
  },
  session: {
    subject: 'session',
    shown: ['userId', 'ipAddress'],
    actions: { create: 'session.begun', update: 'session.changed', delete: 'session.ended' },
  },
  account: {
    subject: 'user',
    shown: ['providerId'],
    actions: {
      create: 'sign-in-method.added',
      update: 'sign-in-method.changed',
      delete: 'sign-in-method.removed',
    },
  },
};

/** Undefined when there is nothing to tell: a session that lives on because it is used, a table of no interest. */
export function recordOf(change: {
  verb: RecordedVerb;
  model: string;
  origin: Origin;
  before: Readonly<Record<string, unknown>>;
  after: Readonly<Record<string, unknown>> | undefined;
}): AuditRecord | undefined {
  const { verb, model, origin, before, after } = change;
  const kind = recorded[model];
  if (kind === undefined) return undefined;
  const old = verb === 'create' ? undefined : shownOf(kind, before);
  const fresh = after === undefined ? undefined : shownOf(kind, after);
  const password = verb === 'update' && model === 'account' && before.password !== after?.password;
  if (verb === 'update' && !password && JSON.stringify(old) === JSON.stringify(fresh)) return undefined;
  const row = after ?? before;
  const id = model === 'account' ? row.userId : row.id;
  return {
    action: password ? 'password.changed' : kind.actions[verb],
    origin,
    subject: `${kind.subject}:${String(id)}`,
    before: password ? undefined : old,
    after: password ? undefined : fresh,
  };
}

type Shown = Record<string, string | number | boolean | null>;

function shownOf(kind: Recorded, row: Readonly<Record<string, unknown>>): Shown {
  const shown: Shown = {};
  for (const field of kind.shown) {
    const value = row[field];
    if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
      shown[field] = value;
  }
  return shown;
}
