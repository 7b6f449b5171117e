import type { Drill } from '@octobox/server';
import type { Part, ToldCheck } from '../telling/fact.ts';
import { parts, type Scene, shown } from './scene.ts';
import { StepFailedError } from './step-failed.ts';

interface Verified {
  readonly checks: readonly { readonly name: string; readonly outcome: string; readonly summary: string }[];
}

export const toldChecks = ({ checks }: Verified): ToldCheck[] =>
  checks.map(({ name, outcome, summary }) => ({ name, passed: outcome === 'passed', summary }));

async function rehearse(scene: Scene, part: Part): Promise<Drill> {
  const { platform, sources, teller, signal } = scene;
  const drill = await teller.during((update) =>
    platform.runNow.drill(sources[part].id, { onProgress: shown(update, part), signal, reason: 'manual' }),
  );
  const { rpoSeconds, rtoSeconds } = drill;
  // A drill that broke before it was done has measured nothing: that is no success within the target.
  const seconds = drill.recoverySeconds ?? Number.POSITIVE_INFINITY;
  const recoveryPointSeconds = drill.lossSeconds ?? Number.POSITIVE_INFINITY;
  const passed = drill.state === 'passed' && seconds <= rtoSeconds && recoveryPointSeconds <= rpoSeconds;
  if (drill.state !== 'passed' && drill.recoverySeconds === undefined) {
    throw new StepFailedError(`rehearsal of the ${part}`, drill.failure?.message ?? drill.state);
  }
  await teller.tell({
    ...{ type: 'drill', part, passed, seconds, rtoSeconds, recoveryPointSeconds, rpoSeconds },
    checks: toldChecks(drill),
  });
  if (!passed)
    throw new StepFailedError(`rehearsal of the ${part}`, drill.failure?.message ?? 'it did not pass');
  return drill;
}

/** Restores both parts into a scratch place and holds the result against the targets. */
export async function rehearseBoth(scene: Scene): Promise<Record<Part, Drill>> {
  await scene.teller.tell({
    ...{ type: 'chapter', number: 2, title: 'Rehearsal' },
    sentence: 'Each backup is restored into a scratch place, compared with what was backed up, and timed.',
  });
  const drills: Partial<Record<Part, Drill>> = {};
  for (const part of parts) drills[part] = await rehearse(scene, part);
  return drills as Record<Part, Drill>;
}
