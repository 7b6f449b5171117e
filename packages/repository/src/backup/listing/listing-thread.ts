/** The thread that goes through the sources ahead of the main thread, which compares and stores. */
import { parentPort, workerData } from 'node:worker_threads';
import { listSources } from './list-sources.ts';
import { ListedEntriesWriter, type ListingSetup, MOST_AHEAD } from './listed-entries.ts';
import { Selection } from './selection.ts';

if (parentPort === null) throw new Error('this file runs in a worker thread');
const port = parentPort;
const { sources, paths, selection, withAtime, ahead } = workerData as ListingSetup;
const waiting = new Int32Array(ahead);

const writer = new ListedEntriesWriter((entries, moved) => {
  for (let count = Atomics.load(waiting, 0); count >= MOST_AHEAD; count = Atomics.load(waiting, 0))
    Atomics.wait(waiting, 0, count);
  Atomics.add(waiting, 0, 1);
  port.postMessage(entries, moved);
});

listSources({ sources, selection: new Selection(selection, paths), withAtime }, writer);
