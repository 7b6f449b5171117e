import { reasonOf } from '../errors.ts';
import { countOf } from '../inventory/compare.ts';
import type { ProbeFinding, ProbeReport } from '../source.ts';
import { type SnapshotEntry, statOf } from './entries.ts';
import type { SnapshotOutline } from './outline.ts';
import { estimateShare, Sample } from './sample.ts';

/** How many files a single probe looks at. */
const askedFiles = 500;
/** Daily life deletes files, too: from this part of them on it is a sign of a disaster. */
const alarmingShare = 0.02;
/** One or two files are nobody's disaster, however small the tree. */
const alarmingFiles = 3;

/** Protected paths first, then their folders, then a random sample of the files: at most about 1,000 looks. */
export async function probeFiles(
  paths: readonly string[],
  outline: SnapshotOutline | undefined,
): Promise<ProbeReport> {
  const findings: ProbeFinding[] = [];
  try {
    for (const path of paths) {
      if ((await statOf(path)) === undefined) {
        findings.push({ kind: 'missing', object: path, summary: `${path} does not exist any more.` });
      }
    }
    for (const folder of outline?.folders ?? []) {
      if ((await statOf(folder)) === undefined) {
        const summary = `The folder ${folder} was backed up and is gone.`;
        findings.push({ kind: 'missing', object: `folder ${folder}`, summary });
      }
    }
    const lost = outline === undefined ? undefined : await askSample(paths, outline);
    if (lost !== undefined) findings.push(lost);
    return { reachable: true, findings };
  } catch (error) {
    const summary = `The files cannot be looked at: ${reasonOf(error)}`;
    return { reachable: false, findings: [{ kind: 'unreachable', object: paths.join(', '), summary }] };
  }
}

async function askSample(
  paths: readonly string[],
  outline: SnapshotOutline,
): Promise<ProbeFinding | undefined> {
  const { kept, seen } = outline.sample;
  // A new choice at every run, so that no file stays unasked for long.
  const asked = new Sample<SnapshotEntry>(askedFiles);
  for (const entry of kept) asked.add(entry);
  const found = await Promise.all(asked.kept.map(({ path }) => statOf(path)));
  let gone = 0;
  let emptied = 0;
  for (const [i, entry] of asked.kept.entries()) {
    const stats = found[i];
    if (stats === undefined) gone += 1;
    else if (stats.isFile() && stats.size === 0 && entry.size > 0) emptied += 1;
  }
  const lost = gone + emptied;
  const all = asked.kept.length === seen;
  const { low, high } = all
    ? { low: lost / Math.max(1, seen), high: lost / Math.max(1, seen) }
    : estimateShare(lost, asked.kept.length);
  if (lost < alarmingFiles || low < alarmingShare) return undefined;
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const sure = all
    ? `${percent(low)} of all`
    : `a random sample: between ${percent(low)} and ${percent(high)} of ${countOf(seen, 'file')} with 95 % confidence`;
  const empty = emptied === 0 ? '' : `, ${emptied} of them empty now`;
  return {
    kind: 'shrunk',
    object: `files of ${paths.join(', ')}`,
    summary: `${lost} of ${countOf(asked.kept.length, 'file')} of the last backup ${lost === 1 ? 'is' : 'are'} lost${empty} (${sure}).`,
    lostShare: lost / asked.kept.length,
  };
}
