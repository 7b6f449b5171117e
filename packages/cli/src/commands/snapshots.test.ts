import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { it } from 'node:test';
import { Workshop } from '../testing/octobox.ts';

interface Shown {
  readonly hostname: string;
}
interface Group {
  readonly group_key: { readonly tags: string[] | null };
  readonly snapshots: readonly Shown[];
}

it('the newest n are those of each group that is shown, as restic has it; else of each host and paths', async () => {
  await using shop = await Workshop.withRepository();
  await writeFile(shop.at('file'), 'x');
  const say = [
    ...['--host ada --tag a', '--host bob --tag a', '--host ada --tag b'],
    ...['--host ada --tag a', '--host ada --tag b'],
  ];
  for (const [at, options] of say.entries()) {
    const time = ['--time', `2026-01-0${at + 1} 00:00:00`];
    await shop.call(['backup', shop.at('file'), ...options.split(' '), ...time]);
  }
  const newest = async <Row>(...by: string[]): Promise<Row[]> =>
    JSON.parse((await shop.call(['snapshots', '--json', '--latest', '1', ...by])).stdout) as Row[];
  const hosts = (snapshots: readonly Shown[]): string[] => snapshots.map(({ hostname }) => hostname).sort();

  assert.deepEqual(hosts(await newest<Shown>()), ['ada', 'bob']);
  assert.deepEqual(hosts(await newest<Shown>('--group-by', '')), ['ada', 'bob']);
  const byPaths = await newest<Group>('--group-by', 'paths');
  assert.deepEqual(
    byPaths.map(({ snapshots }) => hosts(snapshots)),
    [['ada']],
  );
  const byHostAndTags = await newest<Group>('--group-by', 'host,tags');
  assert.deepEqual(
    byHostAndTags.map(({ group_key, snapshots }) => [...hosts(snapshots), ...(group_key.tags ?? [])]).sort(),
    [
      ['ada', 'a'],
      ['ada', 'b'],
      ['bob', 'a'],
    ],
  );
});
