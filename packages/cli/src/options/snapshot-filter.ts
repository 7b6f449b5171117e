import type { SnapshotFilter } from '@octobox/repository';
import type { Command } from 'commander';
import type { Environment } from '../environment.ts';
import { absolutePath } from './paths.ts';
import { collect } from './values.ts';

export interface FilterFlags {
  readonly host?: readonly string[];
  readonly tag?: readonly string[];
  readonly path?: readonly string[];
}

/** `-H` is taken for `--keep-hourly` in `forget`, as in restic. */
export function addSnapshotFilter(command: Command, options: { purpose: string; short?: boolean }): void {
  const { purpose, short = true } = options;
  command
    .option(
      `${short ? '-H, ' : ''}--host <host>`,
      `${purpose} of this host (repeatable; environment: RESTIC_HOST)`,
      collect,
    )
    .option(
      '--tag <tag[,tag...]>',
      `${purpose} with all of these tags (repeatable: any of the lists)`,
      collect,
    )
    .option('--path <path>', `${purpose} of this absolute path (repeatable: all of them)`, collect);
}

/** restic's meaning: an empty `--host ''` lifts what the environment says. */
export function snapshotFilter(flags: FilterFlags, env: Environment): SnapshotFilter {
  const hosts = flags.host ?? (env.host === undefined ? [] : [env.host]);
  return {
    hosts: hosts.filter((host) => host !== ''),
    tags: (flags.tag ?? []).map(tagList),
    paths: (flags.path ?? []).map(absolutePath),
  };
}

export const tagList = (text: string): string[] => text.split(',').map((tag) => tag.trim());
