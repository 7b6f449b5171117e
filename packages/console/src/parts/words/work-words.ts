const kinds: Readonly<Record<string, string>> = {
  backup: 'Backup',
  check: 'Check of the repository',
  drill: 'Drill',
  forget: 'Forgetting of snapshots',
  mail: 'Mail',
  mirror: 'Copy off site',
  prune: 'Freeing of space',
  'prune-plan': 'Plan to free space',
  repair: 'Repair',
  'repair-plan': 'Plan to repair',
  restore: 'Restore',
  retention: 'Retention',
  statistics: 'Count of what snapshots hold',
  tag: 'Change of tags',
};

/** What a kind of job does; the kind itself where a newer server has one that is not known here. */
export const workWords = (kind: string): string => kinds[kind] ?? kind;
