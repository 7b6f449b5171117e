import { parseLocation } from '@octobox/sources';
import type { Catalog } from '../catalog/index.ts';
import type { OutgoingAddresses } from '../platform/index.ts';
import type { Step } from './plan.ts';

/** What decides whether a source can be reached and read. */
const decisive: readonly string[] = ['location', 'paths', 'password', 'scratchServer'];

export interface Examined {
  /** Undefined when nothing was set up yet. */
  readonly catalog: Pick<Catalog, 'sourcePassword'> | undefined;
  readonly outgoing: OutgoingAddresses;
  readonly signal: AbortSignal;
  readonly onLook?: (looking: {
    readonly name: string;
    readonly done: number;
    readonly total: number;
  }) => void;
}

/** A database that does not answer takes its time: a few are looked at at once. */
const atOnce = 4;

/**
 * Looks at every source that is new, or reached in another way, before anything is changed. Gives what is to be
 * known of them.
 * @throws the SourceError of the first that cannot work; ServerError `server.address-refused`
 */
export async function examineSteps(steps: readonly Step[], options: Examined): Promise<string[]> {
  const waiting = steps.filter(isDecisive);
  const total = waiting.length;
  const warnings: string[] = [];
  let done = 0;
  const lookers = Array.from({ length: atOnce }, async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      options.onLook?.({ name: step.name, done, total });
      for (const warning of await examined(step, options)) warnings.push(`${step.name}: ${warning}`);
      done++;
    }
  });
  await Promise.all(lookers);
  return warnings;
}

function isDecisive({ kind, fields, does }: Step): boolean {
  if (kind !== 'source') return false;
  const isReached = fields.some(({ field }) => decisive.includes(field));
  return does.action === 'create' || (does.action === 'change' && isReached);
}

async function examined(step: Step, { catalog, outgoing, signal }: Examined): Promise<readonly string[]> {
  if (step.kind !== 'source' || !('declared' in step.does)) return [];
  const { declared } = step.does;
  const present = 'present' in step.does ? step.does.present : undefined;
  const { location, excludes, oneFileSystem, paths, scratchServer } = declared;
  const scratch = scratchServer === undefined ? undefined : parseLocation(scratchServer).host;
  if (scratch !== undefined) await outgoing.find(scratch);
  // One for another address is never used: the plan asks for it to be given again.
  const kept =
    declared.password === undefined && present !== undefined
      ? await catalog?.sourcePassword(present)
      : undefined;
  const password = declared.password?.reveal() ?? kept;
  const source = parseLocation(location).create({
    reach: (host) => outgoing.find(host),
    excludes,
    oneFileSystem,
    morePaths: paths,
    ...(password === undefined ? {} : { password }),
  });
  return (await source.preflight({ signal })).warnings;
}
