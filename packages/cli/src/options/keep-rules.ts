import type { KeepPolicy } from '@octobox/repository';
import { type Command, Option } from 'commander';
import { tagList } from './snapshot-filter.ts';
import { collect, snapshotCount } from './values.ts';

export interface KeepFlags extends Omit<KeepPolicy, 'keepTags'> {
  readonly keepTag?: readonly string[];
}

const counted = [
  ['-l, --keep-last <n>', 'keep the newest n'],
  ['-H, --keep-hourly <n>', 'keep the newest of each of the last n hours that have one'],
  ['-d, --keep-daily <n>', 'the same for days'],
  ['-w, --keep-weekly <n>', 'the same for weeks'],
  ['-m, --keep-monthly <n>', 'the same for months'],
  ['-y, --keep-yearly <n>', 'the same for years'],
] as const;

const within = [
  ['--keep-within <duration>', 'keep all that are younger than e.g. 1y5m7d2h, counted from the newest'],
  ['--keep-within-hourly <duration>', 'keep the newest of each hour within that time'],
  ['--keep-within-daily <duration>', 'the same for days'],
  ['--keep-within-weekly <duration>', 'the same for weeks'],
  ['--keep-within-monthly <duration>', 'the same for months'],
  ['--keep-within-yearly <duration>', 'the same for years'],
] as const;

const heading = 'What to keep (n may be "unlimited"):';

export function addKeepOptions(command: Command): void {
  for (const [flags, text] of counted) {
    command.addOption(new Option(flags, text).argParser(snapshotCount).helpGroup(heading));
  }
  for (const [flags, text] of within) command.addOption(new Option(flags, text).helpGroup(heading));
  command.addOption(
    new Option('--keep-tag <tag[,tag...]>', 'keep those with all of these tags (repeatable)')
      .argParser(collect)
      .helpGroup(heading),
  );
}

const ruleNames = [
  'keepLast',
  'keepHourly',
  'keepDaily',
  'keepWeekly',
  'keepMonthly',
  'keepYearly',
  'keepWithin',
  'keepWithinHourly',
  'keepWithinDaily',
  'keepWithinWeekly',
  'keepWithinMonthly',
  'keepWithinYearly',
] as const satisfies readonly (keyof KeepPolicy)[];

export function keepPolicy(flags: KeepFlags): KeepPolicy {
  const rules = ruleNames.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]]));
  return {
    ...(Object.fromEntries(rules) as KeepPolicy),
    ...(flags.keepTag === undefined ? {} : { keepTags: flags.keepTag.map(tagList) }),
  };
}
