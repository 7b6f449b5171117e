import type { DamagedFileError, Repository, Snapshot } from '@octobox/repository';
import type { Repaired } from '@octobox/repository/repair';
import type { Replacement } from '@octobox/repository/rewrite';
import { loadWholeIndex } from './load-whole-index.ts';
import type { PlanRepair } from './repair.ts';
import { firstOf, markOf } from './sentences.ts';

const changes: Readonly<Record<Repaired['change'], string>> = {
  'content-removed': 'parts of the file are lost',
  'size-corrected': 'the size did not match the content',
  'entry-removed': 'is of no known type: left out',
  'folder-emptied': 'the folder cannot be read: becomes an empty one',
  'root-unreadable': 'the whole snapshot cannot be read',
};

/** The damaged ones go, each when the one in its place is there. A file that is no snapshot any more stays. */
export const planSnapshotsRepair: PlanRepair<{ readonly what: 'snapshots' }> = async (
  repository,
  _wish,
  { signal, onProgress },
) => {
  const { applyRepairSnapshots, planRepairSnapshots } = await import('@octobox/repository/repair');
  await loadWholeIndex(repository, signal);
  const { all, unreadable } = await readAll(repository, signal);
  const onSnapshot = (done: number, total: number): void =>
    onProgress({ step: 'reading folders', done, total, unit: 'snapshots' });
  const plan = await planRepairSnapshots(repository, all, { forget: true, signal, onSnapshot }, all);
  const { replacements } = plan.rewrite;
  const changesAnything = replacements.length > 0;
  const staying = unreadable.map(({ file, message }) => stays(file.name, message));
  return {
    figures: {
      changesAnything,
      ...firstOf([
        ...(changesAnything ? [] : ['no snapshot that can be read lacks anything: nothing to do']),
        ...staying,
        ...replacements.map(sentenceOf),
        ...plan.repaired.map(({ path, change }) => `${path}: ${changes[change]}`),
      ]),
      counts: {
        snapshotsReplaced: replacements.filter(({ content }) => content !== undefined).length,
        snapshotsRemoved: replacements.filter(({ content }) => content === undefined).length,
        snapshotsUnreadable: unreadable.length,
        pathsChanged: plan.repaired.length,
      },
      marks: replacements.map(({ old, content }) => markOf('snapshot', old.id, content?.tree ?? '')),
    },
    apply: async ({ onWritten }) => {
      const replaced = await applyRepairSnapshots(repository, plan, { signal, onWritten });
      return {
        sentences: [
          ...(replaced.length === 0 ? ['nothing was changed'] : []),
          ...staying,
          ...replaced.map((one) =>
            one.new === undefined
              ? `snapshot ${one.old}: nothing was left of it, it is gone`
              : `snapshot ${one.old} is ${one.new} now, without what is lost`,
          ),
        ],
      };
    },
  };
};

async function readAll(
  repository: Repository,
  signal: AbortSignal,
): Promise<{ readonly all: readonly Snapshot[]; readonly unreadable: readonly DamagedFileError[] }> {
  const all: Snapshot[] = [];
  const unreadable: DamagedFileError[] = [];
  for await (const { snapshot, error } of repository.readSnapshots({ signal })) {
    if (error === undefined) all.push(snapshot);
    else unreadable.push(error);
  }
  return { all, unreadable };
}

const stays = (name: string, message: string): string =>
  `${message}: it stays. Put it back from a copy; only where there is none, \`octobox repair snapshots --forget ${name}\` on the machine of the platform gives it up`;

function sentenceOf({ old, content }: Replacement): string {
  const name = `snapshot ${old.id.slice(0, 8)} of ${printable(old.hostname)}, ${old.time.slice(0, 19)}`;
  return content === undefined
    ? `${name}: nothing is left of it, it goes`
    : `${name}: is made anew without what is lost, the damaged one goes`;
}

/** Whoever made the snapshot chose the name. */
const printable = (text: string): string => text.replace(/\p{C}/gu, '\uFFFD');
