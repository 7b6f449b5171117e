import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { it } from 'node:test';
import { jsonLines, Workshop } from '../testing/octobox.ts';

it('a backup of encrypted files says why it is suspicious, and forget keeps what was before', async () => {
  await using shop = await Workshop.withRepository();
  const folder = await shop.folderFor('letters');
  for (let number = 0; number < 30; number++)
    await writeFile(`${folder}/${number}.txt`, `Letter ${number}. `.repeat(3_000 + number));
  for (let time = 0; time < 3; time++) {
    await writeFile(`${folder}/new${time}.txt`, 'Dear all. '.repeat(1_000));
    const { stderr } = await shop.onRepository(['backup', 'letters']);
    assert.doesNotMatch(stderr, /SUSPICIOUS/);
  }
  for (let number = 0; number < 30; number++) await writeFile(`${folder}/${number}.txt`, randomBytes(45_000));
  const { code, stdout, stderr } = await shop.onRepository(['backup', 'letters', '--json']);
  assert.equal(code, 0, 'it is a whole backup');
  assert.equal(stderr, '');
  const suspicious = jsonLines(stdout).at(-1)?.suspicious as { code: string; message: string }[];
  assert.deepEqual(
    suspicious.map(({ code }) => code),
    ['incompressible', 'rewritten'],
  );
  assert.match(suspicious[0]?.message ?? '', /no longer compresses, as encrypted data does not/);

  const forgotten = await shop.onRepository(['forget', '--keep-last', '1']);
  assert.equal(forgotten.code, 0, forgotten.stderr);
  assert.match(forgotten.stdout, /before suspicious [0-9a-f]{8}/);
  assert.equal((await readdir(shop.at('repository/snapshots'))).length, 4);

  for (let number = 0; number < 30; number++) await writeFile(`${folder}/${number}.txt`, '');
  const words = await shop.onRepository(['backup', 'letters']);
  assert.match(words.stderr, /octobox: SUSPICIOUS: this backup is unlike those before it/);
  assert.match(words.stderr, /% of the data is gone/);
  assert.match(words.stderr, /octobox tag --remove octobox:suspicious [0-9a-f]{8}/);
});
