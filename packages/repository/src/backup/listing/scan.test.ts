import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { Workshop } from '../../testing/workshop.ts';
import type { BackupFilesOptions } from '../backup-types.ts';
import { backupFiles } from '../files.ts';
import { fromText } from './byte-path.ts';
import { Scan, type ScanTotals } from './scan.ts';
import { Selection } from './selection.ts';
import { buildSourceTree } from './source-tree.ts';

let workshop: Workshop;
before(async () => {
  workshop = await Workshop.open();
  for (const folder of ['src/deep/er', 'src/cache', 'other'])
    mkdirSync(workshop.path(folder), { recursive: true });
  for (let i = 0; i < 300; i++) writeFileSync(workshop.path(`src/deep/er/${i}.txt`), 'x'.repeat(i));
  writeFileSync(workshop.path('src/cache/CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\n');
  writeFileSync(workshop.path('src/cache/left-out'), 'large'.repeat(1000));
  writeFileSync(workshop.path('src/a.tmp'), 'left out');
  writeFileSync(workshop.path('other/b'), 'b');
  symlinkSync('b', workshop.path('other/link'));
});
after(() => workshop[Symbol.asyncDispose]());

const times = { after: 0, every: 0, slice: 1 };

it('counts what the backup then reads, in slices', async () => {
  const repository = await workshop.repository();
  const options: BackupFilesOptions = {
    paths: [workshop.path('src'), workshop.path('other')],
    host: 'test',
    excludes: ['*.tmp'],
    excludeCaches: true,
    excludeLargerThan: 250,
  };
  const paths = options.paths.map(fromText);
  const alive = setInterval(() => undefined, 10); // the timers of a scan alone keep no process alive
  const totals = await new Promise<ScanTotals>((resolve) => {
    new Scan(buildSourceTree(paths), new Selection(options, paths), resolve, times);
  }).finally(() => clearInterval(alive));
  const { summary } = await backupFiles(repository, { ...options, scan: true });
  assert.deepEqual(totals, { files: summary.totalFilesProcessed, bytes: summary.totalBytesProcessed });
  assert.equal(totals.files, 253);
});

it('says nothing when the backup ends first', async () => {
  const paths = [fromText(workshop.path('src'))];
  let told = false;
  {
    using _ = new Scan(
      buildSourceTree(paths),
      new Selection({}, paths),
      () => {
        told = true;
      },
      times,
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(told, false);
});
