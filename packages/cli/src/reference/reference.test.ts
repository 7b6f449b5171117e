import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { exitCodeMeanings } from '../exit-code.ts';
import { verbs } from '../verbs.ts';
import { currentReference, referenceFile } from './reference.ts';

describe('the reference of the command', () => {
  it('is the one that the commands themselves make (else: node packages/cli/src/reference/write.ts)', async () => {
    assert.equal(await readFile(referenceFile, 'utf8'), await currentReference());
  });

  it('tells of every verb what it is for and its exit codes', async () => {
    const reference = await currentReference();
    for (const { name } of verbs) {
      const section = reference.split(`## octobox ${name}\n`)[1]?.split('\n## ')[0] ?? '';
      assert.ok(section.length > 100, name);
      assert.match(section, /\| exit code \| meaning \|/, name);
    }
    for (const code of Object.keys(exitCodeMeanings)) assert.ok(reference.includes(`| ${code} |`), code);
  });

  it('the contract of the JSON output names every type of message', async () => {
    const contract = await readFile(new URL('../../../../docs/cli-json.md', import.meta.url), 'utf8');
    for (const type of [
      ...['status', 'verbose_status', 'summary', 'error', 'exit_error', 'snapshot', 'node', 'initialized'],
      ...['finding', 'prune_summary', 'version', 'protected', 'run', 'drill', 'restore', 'started'],
    ]) {
      assert.ok(contract.includes(`\`${type}\``), type);
    }
  });
});
