import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readSecretLine } from './secret-file.ts';

describe('a file with one secret', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-secret-'));
  });
  after(() => rm(folder, { recursive: true }));

  const read = async (content: string, mode = 0o600) => {
    const file = join(folder, 'mail-password');
    await writeFile(file, content);
    await chmod(file, mode);
    return await readSecretLine(file, 'the password of the mail server');
  };

  it('has it in its one line, whose end and what is empty behind it are no part of it', async () => {
    for (const end of ['', '\n', '\r\n', '\n\n', '\r\n\r\n\n'])
      assert.equal(await read(`three owls ${end}`), 'three owls ');
  });

  it('is refused with a second line, by name, without what stands in it', async () => {
    for (const content of ['canary\nof 2025\n', 'canary\n\ncanary', '\ncanary', 'canary\rcanary'])
      await assert.rejects(read(content), (error: Error & { code?: string; advice?: string }) => {
        assert.equal(error.code, 'server.config');
        assert.match(
          error.message,
          /mail-password: has more than one line, and was to hold the password of the mail server alone/,
        );
        assert.match(String(error.advice), /first line/);
        assert.doesNotMatch(`${error.message} ${error.advice} ${error.stack}`, /canary/);
        return true;
      });
  });

  it('is refused with nothing in it, and when others can read it', async () => {
    for (const content of ['', '\n', '\r\n\n']) await assert.rejects(read(content), { message: /is empty/ });
    await assert.rejects(read('canary', 0o644), { message: /open to others \(mode 0644\)/ });
  });
});
