import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { FileStat } from '../../filesystem/file-stat.ts';
import { type ListedEntries, ListedEntriesReader, ListedEntriesWriter } from './listed-entries.ts';

const stat = (size: bigint): FileStat => ({
  mode: 0o100644,
  uid: 2 ** 32 - 1,
  gid: 7,
  inode: 2n ** 64n - 1n,
  device: 2n ** 63n,
  specialDevice: 1n,
  links: 2n,
  size,
  modified: -1n,
  accessed: 2n ** 62n,
  changed: -(2n ** 62n),
});

it('gives every step as it was written, over the ends of messages', () => {
  const posted: ListedEntries[] = [];
  const writer = new ListedEntriesWriter((entries, moved) => {
    assert.equal(moved.length, 3);
    posted.push(structuredClone(entries, { transfer: moved }));
  });
  writer.way('way');
  const count = 2000;
  const startOf = (at: number): string => `{"é\u{1f600}${at}`.padEnd(at === 1000 ? 300_000 : 100, 'ü');
  for (let at = 0; at < count; at++) {
    if (at % 10 === 0) writer.failed(`\u00ff${at}`, { code: at === 0 ? '' : 'EACCES', message: `no ${at}` });
    writer.entry('file', `\u00e9${at}`, startOf(at), stat(BigInt(at)));
  }
  writer.end();
  writer.flush();
  writer.flush();
  assert.ok(posted.length > 3);
  const steps = posted.flatMap((entries) => {
    const reader = new ListedEntriesReader(entries);
    const found = [];
    while (reader.advance()) {
      const { kind, name } = reader;
      if (kind === 'file') {
        const { start, size } = reader;
        assert.deepEqual(reader.stat, stat(BigInt(size)));
        assert.equal(reader.text.toString('utf8', reader.from, reader.to), start);
        found.push([kind, name, start, size]);
      } else if (kind === 'failed') {
        const { message } = reader.failure;
        found.push([kind, name, message, Reflect.get(reader.failure, 'code')]);
      } else found.push([kind, name]);
    }
    return found;
  });
  const expected: unknown[] = [['way', 'way']];
  for (let at = 0; at < count; at++) {
    if (at % 10 === 0) expected.push(['failed', `\u00ff${at}`, `no ${at}`, at === 0 ? undefined : 'EACCES']);
    expected.push(['file', `\u00e9${at}`, startOf(at), at]);
  }
  expected.push(['end', '']);
  assert.deepEqual(steps, expected);
});
