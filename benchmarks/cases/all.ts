import type { Case } from '../harness/bench.ts';
import { dump } from './dump.ts';
import { growthOfData, growthOfSnapshots } from './growth.ts';
import { prune } from './prune.ts';
import { random } from './random.ts';
import { oneFolder, smallFiles } from './small-files.ts';
import { start } from './start.ts';
import { tree } from './tree.ts';

/** In the order in which they run. */
export const cases: readonly Case[] = [
  start,
  random,
  tree,
  prune,
  smallFiles,
  dump,
  oneFolder,
  growthOfData,
  growthOfSnapshots,
];
