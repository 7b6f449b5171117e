import { type Command, InvalidArgumentError, Option } from 'commander';
import type { OutputFlags, RepositoryFlags } from '../options/global-options.ts';
import { durationSeconds, positiveNumber, size } from '../options/values.ts';
import type { PlatformFlags } from '../platform/platform-options.ts';

export interface MirrorFlags extends RepositoryFlags, OutputFlags, PlatformFlags {
  readonly name?: string;
  readonly to?: string;
  /** as given: `none`, `crypt`, `age` or `all` */
  readonly toLayers?: string;
  readonly toLayerKeys?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  /** seconds */
  readonly keepDeleted?: number;
  readonly acceptLoss?: boolean;
  readonly anew?: boolean;
  readonly verify?: boolean;
  /** seconds */
  readonly retain?: number;
  readonly transfers?: number;
  /** bytes a second */
  readonly bandwidth?: number;
  readonly pricePerGbMonth?: number;
  readonly pricePerThousandRequests?: number;
  readonly currency?: string;
  /** seconds */
  readonly maxAge?: number;
}

function price(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('It must be an amount such as 0.021.');
  return Number(text);
}

export function addMirrorOptions(command: Command): void {
  const options = [
    new Option('--to <place>', 'where the mirror is, spelled as for -r'),
    new Option(
      '--to-layers <layers>',
      'encryption layers of the mirror: none, crypt, age or all (default for a new one: all behind s3:, sftp: and rest:)',
    ),
    new Option(
      '--to-layer-keys <folder>',
      'the folder with the keys of these layers (default: in the keyring)',
    ),
    new Option('--name <name>', 'only this off-site repository of `octobox serve`'),
    new Option('-n, --dry-run', 'only show what would be sent, how long it takes and what it costs'),
    new Option('--yes', 'do not ask before a first upload, or before a loss is accepted'),
    new Option(
      '--keep-deleted <duration>',
      'remove there what was forgotten here so long ago, e.g. 30d (default: never)',
    ).argParser(durationSeconds),
    new Option('--accept-loss', 'what went missing here under suspicious circumstances was meant to go'),
    new Option('--anew', 'begin again although the mirror that was there is gone'),
    new Option('--verify', 'read everything again after it was sent, and compare'),
    new Option(
      '--retain <duration>',
      'keep everything that is needed locked for so long, where the storage has object locks, e.g. 40d',
    ).argParser(durationSeconds),
    new Option('--transfers <n>', 'objects on their way at the same time (default: 4)').argParser(
      positiveNumber,
    ),
    new Option('--max-age <duration>', 'with status: how long a snapshot may wait for its copy').argParser(
      durationSeconds,
    ),
  ];
  const estimates = [
    new Option(
      '--bandwidth <rate>',
      'bytes a second that can be sent, e.g. 5M (default: what was measured last)',
    ).argParser(size),
    new Option('--price-per-gb-month <amount>', 'what a GB (1,000,000,000 bytes) costs in a month').argParser(
      price,
    ),
    new Option('--price-per-thousand-requests <amount>', 'what 1,000 requests that write cost').argParser(
      price,
    ),
    new Option('--currency <name>', 'shown behind amounts, e.g. EUR'),
  ];
  for (const option of options) command.addOption(option);
  for (const option of estimates) command.addOption(option.helpGroup('What the plan reckons with:'));
}
