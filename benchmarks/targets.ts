/** What is aimed at: the most that a row may take, as a ratio to the newest restic with its defaults. */
export interface Target {
  /** wall time */
  readonly time: number;
  readonly timeInLayers: number;
}

export const targets: Readonly<Record<string, Target>> = {
  'random, first': { time: 0.6, timeInLayers: 0.7 },
  'tree, first': { time: 0.5, timeInLayers: 0.55 },
  'tree, 1 % changed': { time: 0.5, timeInLayers: 0.55 },
  'tree, unchanged': { time: 0.45, timeInLayers: 0.45 },
  'small files, first': { time: 0.5, timeInLayers: 0.6 },
  'small files, unchanged': { time: 0.5, timeInLayers: 0.6 },
  'dump, first': { time: 0.6, timeInLayers: 0.7 },
  'dump, 1 % of rows changed': { time: 0.6, timeInLayers: 0.7 },
  'check --read-data': { time: 0.7, timeInLayers: 0.8 },
  'restore to tmpfs': { time: 0.55, timeInLayers: 0.65 },
  'restore to disk': { time: 0.9, timeInLayers: 0.95 },
  prune: { time: 0.7, timeInLayers: 0.8 },
};

/** For every row. */
export const MEMORY = 1.5;
export const MEMORY_IN_LAYERS = 1.6;
export const REPOSITORY_SIZE = 1.0;
export const REPOSITORY_SIZE_IN_LAYERS = 1.02;
