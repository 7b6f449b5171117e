import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const workspaces = join(import.meta.dirname, '../..');
/** The server may import nothing of the console, which has no test runner of its own. */
const wordsOf = (name: string) => import(join(workspaces, 'console/src/parts/words', name));

describe('the words of the console', () => {
  it('count no attempt beyond the limit against it: a job whose worker vanished is begun again', async () => {
    const { attemptsWords } = await wordsOf('attempts-words.ts');
    assert.equal(attemptsWords({ attempts: 1, maxAttempts: 3 }), '1 of 3');
    assert.equal(attemptsWords({ attempts: 1, maxAttempts: 1 }), '1 of 1');
    assert.equal(attemptsWords({ attempts: 2, maxAttempts: 1 }), '2');
  });

  it('name what every kind of job does', async () => {
    const { workWords } = await wordsOf('work-words.ts');
    const jobs = await Array.fromAsync(glob('**/*-job.ts', { cwd: import.meta.dirname }));
    const sources = await Promise.all(jobs.map((path) => readFile(join(import.meta.dirname, path), 'utf8')));
    const kinds = sources.flatMap((source) => /^ {2}readonly kind = '(.+)';$/m.exec(source)?.[1] ?? []);
    assert(kinds.length > 10, kinds.join());
    for (const kind of kinds) assert.match(workWords(kind), /^[A-Z]/, kind);
  });

  it('name a few of many, and say how many more there are', async () => {
    const { namesWords } = await wordsOf('names-words.ts');
    const names = Array.from({ length: 62 }, (_, index) => `Service ${index}`);
    assert.equal(namesWords(['Shop', 'Wiki']), 'Shop, Wiki');
    assert.equal(namesWords(names.slice(0, 9)), names.slice(0, 9).join(', '));
    assert.equal(namesWords(names), `${names.slice(0, 8).join(', ')} and 54 more`);
  });
});
