import type { VaultReport } from '@octobox/server';
import { duration, plural } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';
import { table } from '../output/table.ts';

/** Names of owners by what the vault calls them. */
export type OwnerNames = ReadonlyMap<string, string>;

const short = (fingerprint: string): string => fingerprint.slice(0, 16);

/** What should be put right, as sentences. */
export function vaultProblems({ keys, rotating }: VaultReport): string[] {
  const away = keys.filter(({ held, secrets }) => !held && secrets > 0);
  return [
    ...away.map(
      ({ fingerprint, secrets }) =>
        `${plural(secrets, 'secret')} cannot be opened here: the key ${short(fingerprint)} is not on this machine`,
    ),
    ...(rotating ? ['a rotation is not finished: `octobox vault rotate` goes on'] : []),
  ];
}

export function vaultLines(
  report: VaultReport,
  names: OwnerNames,
  problems: readonly string[],
  now: number,
): string[] {
  const age = (time: string): string => duration(Math.max(0, (now - Date.parse(time)) / 1000));
  const keys = report.keys.filter(({ state, secrets }) => state !== 'retired' || secrets > 0);
  return [
    ...(keys.length === 0 ? ['nothing is sealed yet: there is no key'] : []),
    ...keys.map(
      (key) =>
        `key ${short(key.fingerprint)}  ${key.bits} bits, ${key.state} for ${age(key.since)}, ${plural(key.secrets, 'secret')}${key.held ? '' : ', not on this machine'}`,
    ),
    ...(report.secrets.length === 0
      ? []
      : table(
          [
            { title: 'Owner', cell: ({ owner }) => printable(names.get(owner) ?? owner) },
            { title: 'Name', cell: ({ name }) => printable(name) },
            { title: 'Version', cell: ({ version }) => String(version), align: 'right' },
            { title: 'Age', cell: ({ sealedAt }) => age(sealedAt), align: 'right' },
            { title: 'Key', cell: ({ fingerprint }) => short(fingerprint) },
          ],
          report.secrets,
        )),
    ...problems.map((problem) => `problem: ${problem}`),
  ];
}

export const vaultJson = (report: VaultReport, names: OwnerNames, problems: readonly string[]): object => ({
  message_type: 'vault',
  keys: report.keys,
  secrets: report.secrets.map(({ owner, name, version, fingerprint, sealedAt, wrappedAt }) => ({
    owner,
    owner_name: names.get(owner),
    name,
    version,
    fingerprint,
    sealed_at: sealedAt,
    wrapped_at: wrappedAt,
  })),
  rotating: report.rotating,
  problems,
});
