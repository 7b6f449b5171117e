import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { compatibilityNotes } from './compatibility-notes.ts';
import { compatibilityFile, currentCompatibility, wholeProgram } from './reference.ts';
import { commandOf, compareVerb } from './render-compatibility.ts';
import { resticFlags } from './restic-flags.ts';

describe('the comparison with restic', () => {
  it('is the one that the commands make (else: node packages/cli/src/reference/write.ts)', async () => {
    assert.equal(await readFile(compatibilityFile, 'utf8'), await currentCompatibility());
  });

  it('every flag that is called the same is an option of our command', async () => {
    const program = await wholeProgram();
    let checked = 0;
    for (const verb of Object.keys(resticFlags)) {
      for (const flag of compareVerb(program, verb)?.same ?? []) {
        const options = [...(commandOf(program, verb)?.options ?? []), ...program.options];
        assert.ok(
          options.some(({ long }) => long === `--${flag}`),
          `${verb} --${flag}`,
        );
        checked++;
      }
    }
    assert.ok(checked > 120, String(checked));
  });

  it('the verbs for reading, backup and restore lack no flag of restic', async () => {
    const program = await wholeProgram();
    for (const verb of [
      ...['find', 'diff', 'stats', 'dump', 'cat', 'list', 'ls', 'snapshots', 'backup', 'restore'],
    ]) {
      assert.deepEqual(compareVerb(program, verb)?.missing, [], verb);
    }
  });

  it('every note is about something that there is', () => {
    for (const key of Object.keys(compatibilityNotes)) {
      const [verb = '', flag] = key.startsWith('--') ? ['', key.slice(2)] : key.split(' --');
      assert.ok(resticFlags[verb] !== undefined, key);
      if (flag !== undefined) assert.ok(resticFlags[verb]?.includes(flag), key);
    }
  });
});
