import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { readDescriptor } from './read-descriptor.ts';

describe('reading an open file, pipe or socket', () => {
  const bytes = randomBytes(3_000_001);
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'octobox-read-test-'));
    file = join(folder, 'file');
    writeFileSync(file, bytes);
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Opens a pipe that a shell command writes into. */
  function pipe(name: string, command: string): number {
    const path = join(folder, name);
    execFileSync('mkfifo', [path]);
    spawn('sh', ['-c', `exec >'${path}'; ${command}`], { stdio: 'ignore' });
    return openSync(path, 'r');
  }

  /** Looks at each piece only after a while: nothing may be written over it meanwhile. */
  async function slowly(descriptor: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of readDescriptor(descriptor) ?? []) {
      if (pieces.length % 8 === 0) await setTimeout(5);
      pieces.push(Buffer.from(piece));
    }
    return Buffer.concat(pieces);
  }

  it('gives all bytes of a file from where it was left', async () => {
    const open = openSync(file, 'r');
    readSync(open, Buffer.alloc(1000));
    assert.ok((await slowly(open)).equals(bytes.subarray(1000)));
    closeSync(open);
  });

  it('gives all bytes of a pipe, whether its writer is faster or slower than its reader', async () => {
    assert.ok((await slowly(pipe('fast', `cat '${file}'`))).equals(bytes));
    assert.equal((await slowly(pipe('slow', 'echo a; sleep 0.2; echo b'))).toString(), 'a\nb\n');
    assert.equal((await slowly(pipe('empty', 'true'))).length, 0);
  });

  it('lets the writer of a pipe go on while its reader is busy', async () => {
    const done = join(folder, 'done');
    const descriptor = pipe('wide', `head -c 900000 '${file}'; touch '${done}'`);
    let length = 0;
    for await (const piece of readDescriptor(descriptor) ?? []) {
      // Of the rest nothing is read until the writer has ended.
      while (length === 0 && !existsSync(done)) await setTimeout(5);
      length += piece.length;
    }
    assert.equal(length, 900_000);
  });

  it('refuses a folder, of which nothing can be read', () => {
    const open = openSync(folder, 'r');
    assert.throws(() => readDescriptor(open), { code: 'cli.source-missing', message: /is a folder/ });
    closeSync(open);
  });

  it('gives all bytes of a socket', async () => {
    const script = `(async () => {
      const { readDescriptor } = await import(${JSON.stringify(import.meta.resolve('./read-descriptor.ts'))});
      const hash = require('node:crypto').createHash('sha256');
      for await (const piece of readDescriptor(0)) hash.update(piece);
      console.log(hash.digest('hex'));
    })()`;
    // The standard input of a Node child is a socket.
    const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(bytes);
    const printed = Buffer.concat(await Array.fromAsync(child.stdout as AsyncIterable<Buffer>)).toString();
    assert.equal(printed, `${execFileSync('sha256sum', [file]).toString().slice(0, 64)}\n`);
  });

  it('ends when its reader gives up, although nothing comes', async () => {
    const open = pipe('stuck', 'echo a; exec sleep 5');
    for await (const piece of readDescriptor(open) ?? []) {
      assert.equal(Buffer.from(piece).toString(), 'a\n');
      break;
    }
  });

  it('leaves devices to Node', () => {
    const device = openSync('/dev/zero', 'r');
    assert.equal(readDescriptor(device), undefined);
    closeSync(device);
  });
});
