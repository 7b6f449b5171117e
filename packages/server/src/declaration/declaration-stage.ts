import type { Environment } from '../platform/index.ts';
import { temporaryCatalog } from '../testing/temporary-catalog.ts';
import type { DatabaseMaker } from '../testing/temporary-database.ts';
import { carryOut, type PreparedPlan, preparePlan } from './declarations.ts';
import { exportConfiguration } from './export-configuration.ts';
import { isChange } from './plan.ts';
import { readDeclaration } from './read-declaration.ts';
import { machineReferences } from './references.ts';

export const origin = { actor: { id: 'root', name: 'root', kind: 'system' } } as const;

export async function declarationStage(databases: DatabaseMaker) {
  const temporary = await temporaryCatalog(databases);
  const { catalog } = temporary;
  const read = (text: string, env: Environment = {}) =>
    readDeclaration({
      file: 'octobox.yaml',
      text,
      references: machineReferences(env),
      isConfiguration: true,
    });
  const plan = async (text: string, options: { env?: Environment; prune?: boolean } = {}) =>
    await preparePlan(catalog, await read(text, options.env), { prune: options.prune ?? false });
  return {
    ...temporary,
    ...{ read, plan },
    carryOut: (prepared: PreparedPlan) => carryOut(catalog, prepared, origin),
    /** Gives what was planned, in words. */
    async apply(text: string, options: { env?: Environment; prune?: boolean } = {}): Promise<string[]> {
      const prepared = await plan(text, options);
      if (prepared.plan.steps.some(isChange)) await carryOut(catalog, prepared, origin);
      return stepWords(prepared);
    },
    export: (text = '', env: Environment = {}) =>
      exportConfiguration(catalog, { file: 'octobox.yaml', text }, machineReferences(env)),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

export const stepWords = ({ plan }: PreparedPlan): string[] =>
  plan.steps.map(({ kind, name, fields, does }) => {
    const changed = fields.map(({ field, before, after }) => `${field}: ${before ?? '-'} → ${after ?? '-'}`);
    const told = does.action === 'change' ? `; ${changed.join('; ')}` : '';
    return `${does.action} ${kind} ${name}${told}`;
  });
