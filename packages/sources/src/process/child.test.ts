import assert from 'node:assert/strict';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { test } from 'node:test';
import { childrenNamed } from '../testing/children.ts';
import { Child, feedChild, readChild, runChild, transformChild } from './child.ts';
import { LineTail } from './line-tail.ts';
import { ProcessError } from './process-error.ts';

const sh = (script: string, more = {}) => ({ command: '/bin/sh', args: ['-c', script], ...more });

const gone = async (pid: number) => await assert.rejects(stat(`/proc/${pid}`), { code: 'ENOENT' });

test('the output of a program that ends well is its whole output', async () => {
  assert.equal(await runChild(sh('echo one; echo two')), 'one\ntwo\n');
});

test('output followed by a failure is a failure, with the exit code and the last words', async () => {
  const chunks: Uint8Array[] = [];
  await assert.rejects(
    async () => {
      for await (const chunk of readChild(sh('echo data; echo "no space left" >&2; exit 7')))
        chunks.push(chunk);
    },
    (error: Error) => {
      assert.ok(error instanceof ProcessError);
      assert.deepEqual([error.exitCode, error.signal, error.program], [7, undefined, 'sh']);
      assert.match(error.message, /exit code 7.*no space left/);
      return true;
    },
  );
  assert.equal(Buffer.concat(chunks).toString(), 'data\n');
});

test('a program that was killed is a failure, however much it wrote', async () => {
  await assert.rejects(runChild(sh('echo data; kill -9 $$')), { signal: 'SIGKILL', exitCode: undefined });
});

test('a program that is not there says so, with advice', async () => {
  await assert.rejects(runChild({ command: '/nowhere/pg_dump', args: [] }), (error: Error) => {
    assert.ok('advice' in error && /installed/.test(String(error.advice)));
    return true;
  });
});

test('endless complaints are kept in bounded memory: the last lines count', () => {
  const tail = new LineTail(3, 10);
  for (let i = 0; i < 10_000; i += 1) tail.push(`line ${i}: ${'x'.repeat(50)}\n`);
  assert.deepEqual(
    tail
      .text()
      .split('\n')
      .map((line) => [line.slice(0, 9), line.length]),
    [
      ['line 9997', 10],
      ['line 9998', 10],
      ['line 9999', 10],
    ],
  );
});

test('an abort ends the program and throws the reason', async () => {
  const abort = new AbortController();
  let pid = 0;
  const reading = (async () => {
    for await (const chunk of readChild(sh('echo $$; exec sleep 600', { signal: abort.signal }))) {
      pid = Number(Buffer.from(chunk).toString());
      abort.abort(new Error('enough'));
    }
  })();
  await assert.rejects(reading, /enough/);
  await gone(pid);
});

test('a signal to the group of this process does not reach its programs', async () => {
  const [pid, group] = (await runChild(sh('read -r _ _ _ _ group _ </proc/self/stat; echo $$ $group')))
    .trim()
    .split(' ');
  assert.equal(group, pid);
});

test('a program that ignores the request to end is killed', async () => {
  const child = new Child(sh('trap "" TERM; echo ready; while :; do sleep 0.05; done'), {
    input: 'ignore',
    output: 'pipe',
  });
  await once(child.stdout, 'data');
  await child.stop('SIGTERM', 100);
  assert.equal((await child.exited).signal, 'SIGKILL');
  await gone(child.pid ?? 0);
});

test('a reader that stops early ends the program', async () => {
  let pid = 0;
  for await (const chunk of readChild(sh('echo $$; exec yes'))) {
    pid = Number.parseInt(Buffer.from(chunk).toString(), 10);
    break;
  }
  await gone(pid);
});

test('a child inherits neither secrets nor the rest of the environment', async () => {
  process.env.OCTOBOX_TEST_SECRET = 'hush';
  try {
    const output = await runChild({ command: '/usr/bin/env', args: [], env: { PGPASSWORD: 'given' } });
    assert.ok(!output.includes('hush'));
    assert.ok(output.includes('PGPASSWORD=given'));
  } finally {
    delete process.env.OCTOBOX_TEST_SECRET;
  }
});

async function* numbers(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i += 1) yield Buffer.alloc(65_536, i);
}

test('a program that reads everything and ends well was fed', async () => {
  await feedChild(sh('test "$(wc -c)" -eq 6553600'), numbers(100));
});

test('a program that stops reading is a failure with its own reason, never a broken pipe', async () => {
  await assert.rejects(feedChild(sh('head -c 10 >/dev/null; echo "bad header" >&2; exit 1'), numbers(100)), {
    exitCode: 1,
    message: /bad header/,
  });
  await assert.rejects(feedChild(sh('head -c 10 >/dev/null'), numbers(100)), /before it had read its input/);
});

test('input that breaks is never taken for its end', async () => {
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half of it');
    throw new Error('a blob is damaged');
  };
  // The program would accept any input: it must not live to see an end.
  await assert.rejects(feedChild(sh('cat >/dev/null'), broken()), /a blob is damaged/);
});

test('a program that knows where its input ends may go before the end comes', async () => {
  const bytes = Buffer.alloc(200_000, 1);
  const slowToEnd = async function* () {
    yield bytes;
    while ((await childrenNamed('head')).length > 0);
  };
  const head = { command: 'head', args: ['-c', `${bytes.length}`] };
  await feedChild(head, slowToEnd());
  const seen = await Array.fromAsync(transformChild(head, slowToEnd()));
  assert.deepEqual(Buffer.concat(seen), bytes);
});

test('what a program makes of its input is whole, or it throws', async () => {
  const chunks = async function* (count: number) {
    for (let i = 0; i < count; i += 1) yield Buffer.alloc(10_000, 97);
  };
  const sizeOf = async (script: string, input: AsyncIterable<Uint8Array>) =>
    Buffer.concat(await Array.fromAsync(transformChild(sh(script), input))).length;
  assert.equal(await sizeOf('cat', chunks(100)), 1_000_000);
  assert.equal(await sizeOf('cat >/dev/null; echo done', chunks(100)), 5);
  await assert.rejects(sizeOf('head -c 20000', chunks(1000)), /before it had read its input/);
  await assert.rejects(sizeOf('head -c 20000; echo torn >&2; exit 4', chunks(1000)), {
    exitCode: 4,
    message: /torn/,
  });
  const broken = async function* () {
    yield* chunks(3);
    throw new Error('the repository is gone');
  };
  await assert.rejects(sizeOf('cat', broken()), /the repository is gone/);
  await assert.rejects(
    feedChild(sh('cat >/dev/null'), transformChild(sh('cat'), broken())),
    /the repository is gone/,
  );
  // Who stops reading ends the program.
  for await (const chunk of transformChild(sh('exec cat'), chunks(1000))) {
    assert.ok(chunk.length > 0);
    break;
  }
  assert.deepEqual(await childrenNamed('cat'), []);
});
