import type { CheckReport, Finding, FindingCode } from '@octobox/repository';
import { bytes, count, plural } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';

/** Paths listed for one snapshot in the text report; all that are known are in the JSON. */
const pathsShown = 5;

const fileName = ({ file }: Finding): string | undefined =>
  file === undefined ? undefined : file.kind === 'config' ? 'config' : `${file.kind}/${file.name}`;

export const findingJson = (finding: Finding): object => ({
  message_type: 'finding',
  severity: finding.severity,
  code: finding.code,
  file: fileName(finding),
  message: finding.message,
  paths: finding.paths,
});

/** Lines of one code in the text report: one damaged index may lack a million blobs. */
const ofOneCode = 10;
const snapshotsShown = 20;

/** Tells findings as they come; of what comes by the thousand only the beginning. */
export class FindingTeller {
  readonly #counts = new Map<FindingCode, number>();

  lines(finding: Finding): string[] {
    // They are listed at the end.
    if (finding.code === 'snapshot-incomplete') return [];
    const number = (this.#counts.get(finding.code) ?? 0) + 1;
    this.#counts.set(finding.code, number);
    return number > ofOneCode ? [] : [`${finding.severity}: ${printable(finding.message)}`];
  }

  /** What was not told. */
  rest(): string[] {
    return [...this.#counts]
      .filter(([, number]) => number > ofOneCode)
      .map(([code, number]) => `and ${count(number - ofOneCode)} more of "${code}" (--json lists them)`);
  }
}

function snapshotLines(incomplete: readonly Finding[]): string[] {
  if (incomplete.length === 0) return [];
  const more = incomplete.length - snapshotsShown;
  return [
    `${plural(incomplete.length, 'snapshot')} cannot be restored whole:`,
    ...incomplete.slice(0, snapshotsShown).flatMap(incompleteLines),
    ...(more > 0 ? [`and ${plural(more, 'more snapshot')} (--json lists them)`] : []),
  ];
}

function incompleteLines(finding: Finding): string[] {
  const paths = finding.paths ?? [];
  return [
    printable(finding.message),
    ...(paths.length === 1 ? [] : paths).slice(0, pathsShown).map((path) => `       ${printable(path)}`),
    ...(paths.length > pathsShown
      ? [`       and ${count(paths.length - pathsShown)} more (--json lists them)`]
      : []),
  ];
}

/** Codes of findings that concern one pack, for restic's field `broken_packs`. */
const isBrokenPack = ({ severity, file, code }: Finding): boolean =>
  severity === 'error' && file?.kind === 'data' && code !== 'blob-missing';

export function checkSummaryJson(report: CheckReport): object {
  const broken = new Set(report.findings.filter(isBrokenPack).map(({ file }) => file?.name));
  return {
    message_type: 'summary',
    num_errors: report.errorCount,
    broken_packs: broken.size === 0 ? null : [...broken],
    suggest_repair_index: report.findings.some(
      ({ code }) => code === 'pack-unlike-index' || code === 'index-lost',
    ),
    // Prune refuses while there is damage.
    suggest_prune:
      report.errorCount === 0 &&
      report.findings.some(({ code }) => code === 'pack-unreferenced' || code === 'blob-unused'),
    num_hints: report.hintCount,
    snapshots: report.snapshots,
    snapshots_left_out: report.snapshotsLeftOut || undefined,
    indexes: report.indexes,
    packs: report.packs,
    blobs: report.blobs,
    trees: report.trees,
    packs_read: report.packsRead,
    bytes_read: report.bytesRead,
  };
}

export const summaryLines = (
  report: CheckReport,
  { trustsCopies, readData }: { readonly trustsCopies: boolean; readonly readData: boolean | undefined },
): string[] => [
  ...snapshotLines(report.incompleteSnapshots),
  `checked ${plural(report.snapshots, 'snapshot')}${report.snapshotsLeftOut > 0 ? ` (${count(report.snapshotsLeftOut)} left out)` : ''}, ${plural(report.indexes, 'index file')}, ${plural(report.packs, 'pack')}, ${plural(report.trees, 'tree')}`,
  report.packsRead === 0
    ? readData
      ? 'there is no data to read'
      : 'no data was read: --read-data reads it too'
    : `read and verified ${plural(report.packsRead, 'pack')} (${bytes(report.bytesRead)})`,
  ...(trustsCopies
    ? [
        'index, snapshots and folders were taken from copies in the cache where there are some: without --with-cache they are read too',
      ]
    : []),
  report.errorCount === 0
    ? `no errors were found${report.hintCount > 0 ? `, ${plural(report.hintCount, 'hint')}` : ''}`
    : `${plural(report.errorCount, 'error')} found`,
];
