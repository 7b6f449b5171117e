import type { Verb } from './verb.ts';

/** Every verb of the command, in the order of the help. */
export const verbs: readonly Verb[] = [
  {
    name: 'demo',
    summary: 'see the whole story on a sample company: back up, rehearse, lose, recover',
    group: 'Your data:',
    load: () => import('./demo/demo.ts'),
  },
  {
    name: 'protect',
    summary: 'back up databases and folders from now on, by schedule',
    group: 'Your data:',
    load: () => import('./commands/protect.ts'),
  },
  {
    name: 'serve',
    summary: 'run the schedules, the drills and the public page',
    group: 'Your data:',
    load: () => import('./commands/serve.ts'),
  },
  {
    name: 'status',
    summary: 'show what is protected and which promises hold',
    group: 'Your data:',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'drill',
    summary: 'rehearse a restore in a scratch place and measure it',
    group: 'Your data:',
    load: () => import('./commands/drill.ts'),
  },
  {
    name: 'accept',
    summary: 'say that what is missing from a source was meant to go',
    group: 'Your data:',
    load: () => import('./commands/accept.ts'),
  },
  {
    name: 'backup',
    summary: 'write a snapshot of files, of a stream, or of protected sources',
    group: 'A repository:',
    load: () => import('./commands/backup.ts'),
  },
  {
    name: 'restore',
    summary: 'bring back a snapshot, or a protected source in place',
    group: 'A repository:',
    load: () => import('./commands/restore.ts'),
  },
  {
    name: 'dump',
    summary: 'write one file of a snapshot to standard output',
    group: 'A repository:',
    load: () => import('./commands/dump.ts'),
  },
  {
    name: 'snapshots',
    summary: 'list snapshots',
    group: 'A repository:',
    load: () => import('./commands/snapshots.ts'),
  },
  {
    name: 'ls',
    summary: 'list the files of a snapshot',
    group: 'A repository:',
    load: () => import('./commands/ls.ts'),
  },
  {
    name: 'check',
    summary: 'find damage in a repository',
    group: 'A repository:',
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'forget',
    summary: 'remove snapshots by rules',
    group: 'A repository:',
    load: () => import('./commands/forget.ts'),
  },
  {
    name: 'prune',
    summary: 'remove data that no snapshot needs',
    group: 'A repository:',
    load: () => import('./commands/prune.ts'),
  },
  {
    name: 'mirror',
    summary: 'keep a second copy of a repository in another place',
    group: 'A repository:',
    load: () => import('./commands/mirror.ts'),
  },
  {
    name: 'unlock',
    summary: 'remove locks that dead processes left behind',
    group: 'A repository:',
    load: () => import('./commands/unlock.ts'),
  },
  {
    name: 'init',
    summary: 'make a new repository',
    group: 'A repository:',
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'repository',
    summary: 'serve repositories to other machines; their users',
    group: 'A repository:',
    load: () => import('./commands/repository.ts'),
  },
  {
    name: 'test',
    summary: 'run every test of this clone',
    group: 'This installation:',
    load: () => import('./commands/test.ts'),
  },
  {
    name: 'version',
    summary: 'show the version',
    group: 'This installation:',
    load: () => import('./commands/version.ts'),
  },
];
