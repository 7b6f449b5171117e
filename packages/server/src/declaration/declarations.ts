import type { Origin } from '../audit/index.ts';
import type { Catalog, CatalogSnapshot, CatalogWriting } from '../catalog/index.ts';
import { ServerError, type Writer } from '../platform/index.ts';
import { compareSecrets } from './compare-secrets.ts';
import type { Declaration } from './declared.ts';
import { makePlan } from './make-plan.ts';
import { type Plan, planText, type SourceSecrets, type Step } from './plan.ts';
import type { IsSame } from './plan-source.ts';

const nothing: CatalogSnapshot = { services: [], sources: [] };

/** What a file asks for where there is no platform yet. */
export function firstPlan(declaration: Declaration): PreparedPlan {
  const isSame = (): boolean => false;
  return { plan: makePlan(declaration, nothing, { prune: false, isSame }), declaration, isSame };
}

/** A plan together with what it was made from, so that it can be made again in the transaction that carries it out. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly declaration: Declaration;
  readonly isSame: IsSame;
}

/**
 * @throws DeclarationError for what cannot be done
 * @throws VaultError when a secret cannot be compared with the one that is kept
 */
export async function preparePlan(
  catalog: Catalog,
  declaration: Declaration,
  options: { readonly prune: boolean },
): Promise<PreparedPlan> {
  const snapshot = await catalog.snapshot();
  const isSame = await compareSecrets(catalog, declaration, snapshot);
  return { plan: makePlan(declaration, snapshot, { ...options, isSame }), declaration, isSame };
}

/**
 * Carries the plan out: all of it or nothing, in one transaction, which `allow` can refuse.
 * @throws ServerError `server.plan-outdated` when the catalog changed since, so that the plan is another one now
 */
export async function carryOut(
  catalog: Catalog,
  prepared: PreparedPlan,
  origin: Origin,
  allow: (transaction: Writer) => Promise<void> = async () => {},
): Promise<void> {
  const { plan, declaration, isSame } = prepared;
  const seals = plan.steps.some(hasSecret);
  await catalog.change(
    origin,
    async (writing, transaction) => {
      await allow(transaction);
      const now = makePlan(declaration, await writing.snapshot(), { prune: plan.prune, isSame });
      if (planText(now) !== planText(plan)) throw planOutdated();
      await write(writing, plan.steps);
    },
    { seals },
  );
}

export const planOutdated = (): ServerError =>
  new ServerError('server.plan-outdated', 'the catalog was changed after this plan was made', {
    advice: 'Nothing was changed. Apply again, and look at the new plan.',
  });

function hasSecret({ kind, does }: Step): boolean {
  if (kind !== 'source' || !('declared' in does)) return false;
  return does.declared.password !== undefined || does.declared.scratchPassword !== undefined;
}

/** Services before the sources in them, and removals of services last, when what moved away is gone from them. */
async function write(writing: CatalogWriting, steps: readonly Step[]): Promise<void> {
  const ids = new Map((await writing.snapshot()).services.map(({ slug, id }) => [slug, id]));
  const idOf = (slug: string): string => ids.get(slug) ?? slug;
  for (const step of steps) {
    if (step.kind !== 'service') continue;
    if (step.does.action === 'create') ids.set(step.name, (await writing.addService(step.does.fresh)).id);
    if (step.does.action === 'change') await writing.changeService(step.does.present.id, step.does.changes);
  }
  for (const { kind, service, does } of steps) {
    if (kind !== 'source') continue;
    if (does.action === 'create') {
      const { password, scratchPassword, ...fresh } = does.fresh;
      await writing.addSource({
        ...fresh,
        serviceId: idOf(service),
        ...revealed({ password, scratchPassword }),
      });
    } else if (does.action === 'change') {
      const { service: target, password, scratchPassword, ...changes } = does.changes;
      await writing.changeSource(does.present.id, {
        ...changes,
        ...(target === undefined ? {} : { serviceId: idOf(target) }),
        ...revealed({ password, scratchPassword }),
      });
    } else if (does.action === 'remove') await writing.removeSource(does.present.id);
  }
  for (const { kind, does } of steps) {
    if (kind === 'service' && does.action === 'remove') await writing.removeService(does.present.id);
  }
}

const revealed = ({ password, scratchPassword }: SourceSecrets): Revealed => ({
  ...(password === undefined ? {} : { password: password.reveal() }),
  ...(scratchPassword === undefined ? {} : { scratchPassword: scratchPassword.reveal() }),
});

interface Revealed {
  readonly password?: string;
  readonly scratchPassword?: string;
}
