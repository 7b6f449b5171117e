/** A catalog with its audit log and vault, for tests of this room. */
import { AuditLog } from '../audit/index.ts';
import { Catalog } from '../catalog/index.ts';
import { ManualClock } from '../manual-clock.ts';
import { type Environment, Scheduler, silentLog, TableJobQueue } from '../platform/index.ts';
import type { DatabaseMaker } from '../temporary-database.ts';
import { KeyFile, Vault } from '../vault/index.ts';
import { carryOut, type PreparedPlan, preparePlan } from './declarations.ts';
import { exportConfiguration } from './export-configuration.ts';
import { isChange } from './plan.ts';
import { readDeclaration } from './read-declaration.ts';

export const origin = { actor: { id: 'root', name: 'root', kind: 'system' } } as const;

export async function declarationStage(databases: DatabaseMaker) {
  const temporary = await databases.open();
  const { database, folder } = temporary;
  const clock = new ManualClock('2026-11-23T12:00:00.000Z');
  const queue = new TableJobQueue({ database, clock, log: silentLog, leaseMs: 30_000 });
  const events = { emit: () => undefined };
  const scheduler = new Scheduler({ database, clock, log: silentLog, queue, events, graceMs: 60_000 });
  const vault = new Vault({ database, clock, holder: new KeyFile(folder, { bits: 2_048 }) });
  const audit = new AuditLog({ database, clock });
  const onServiceRemoved = async (): Promise<void> => undefined;
  const catalog = new Catalog({ database, clock, scheduler, vault, audit, onServiceRemoved });
  const read = (text: string, env: Environment = {}) =>
    readDeclaration({ file: 'octobox.yaml', text, env, isConfiguration: true });
  const plan = async (text: string, options: { env?: Environment; prune?: boolean } = {}) =>
    await preparePlan(catalog, await read(text, options.env), { prune: options.prune ?? false });
  return {
    ...{ catalog, scheduler, audit, database, folder, read, plan },
    carryOut: (prepared: PreparedPlan) => carryOut(catalog, prepared, origin),
    /** Gives what was planned, in words. */
    async apply(text: string, options: { env?: Environment; prune?: boolean } = {}): Promise<string[]> {
      const prepared = await plan(text, options);
      if (prepared.plan.steps.some(isChange)) await carryOut(catalog, prepared, origin);
      return stepWords(prepared);
    },
    export: (text = '', env: Environment = {}) =>
      exportConfiguration(catalog, { file: 'octobox.yaml', text }, env),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

export const stepWords = ({ plan }: PreparedPlan): string[] =>
  plan.steps.map(({ kind, name, fields, does }) => {
    const changed = fields.map(({ field, before, after }) => `${field}: ${before ?? '-'} → ${after ?? '-'}`);
    const told = does.action === 'change' ? `; ${changed.join('; ')}` : '';
    return `${does.action} ${kind} ${name}${told}`;
  });
