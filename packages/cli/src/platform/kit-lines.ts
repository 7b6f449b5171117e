import type { KitTrouble, RepositoryReport, StatusReport } from '@octobox/server';
import { duration } from '../output/quantities.ts';

/** What is wrong, and what to do about it. */
const advice: Readonly<Record<KitTrouble, string>> = {
  'never-made': 'never made; octobox kit create makes it, octobox kit verify proves it',
  'never-verified': 'never verified; octobox kit verify on all its parts proves it',
  stale: 'older than a change of a key; make a new one with octobox kit create, and destroy the old',
  'verified-long-ago': 'verified more than a year ago; octobox kit verify proves it again',
  unreadable: 'it cannot be found out whether it fits; octobox kit status says more',
};

const words = { kept: 'kept', 'at-risk': 'at risk', broken: 'BROKEN', unknown: 'unknown' } as const;

const nameOf = ({ name }: RepositoryReport): string =>
  `recovery kit${name === undefined ? '' : ` of ${name}`}`;

/** A line for the recovery kit of each repository; none as long as nothing is protected. */
export function kitLines({ repositories }: StatusReport, now: number): string[] {
  return repositories.flatMap((repository) => {
    const { recoveryKit: kit } = repository;
    if (kit === undefined) return [];
    const verified =
      kit.verifiedAt === undefined
        ? []
        : [`verified ${duration(Math.max(0, (now - Date.parse(kit.verifiedAt)) / 1000))} ago`];
    const wrong = kit.trouble === undefined ? [] : [advice[kit.trouble]];
    return [`${nameOf(repository)}: ${words[kit.state]}, ${[...verified, ...wrong].join('; ')}`];
  });
}

/** What keeps the report from being good, as of a promise that is broken or unknown. */
export function kitComplaints({ repositories }: StatusReport): string[] {
  return repositories.flatMap((repository) => {
    const { state, trouble } = repository.recoveryKit ?? {};
    if (state !== 'broken' && state !== 'unknown') return [];
    return [`${nameOf(repository)}: ${advice[trouble ?? 'unreadable'].split(';')[0]}`];
  });
}
