import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { goFileMode, systemFileMode } from './file-mode.ts';

describe("Go's file mode", () => {
  it('has its type and special bits at the top', () => {
    assert.equal(goFileMode(0o040755), 2147484141);
    assert.equal(goFileMode(0o100644), 0o644);
    assert.equal(goFileMode(0o120777), 0x08000000 + 0o777);
    assert.equal(goFileMode(0o020666), 0x04200000 + 0o666);
    assert.equal(goFileMode(0o104755), 0x00800000 + 0o755);
    assert.equal(goFileMode(0o041777), 0x80100000 + 0o777);
  });

  it('comes back from the mode of the system', () => {
    for (const type of [0o100000, 0o040000, 0o120000, 0o060000, 0o020000, 0o010000, 0o140000])
      for (const bits of [0, 0o777, 0o4755, 0o2750, 0o1777, 0o7777])
        assert.equal(systemFileMode(goFileMode(type | bits)), type | bits);
  });

  it('is irregular for a type that nobody knows', () => {
    assert.equal(goFileMode(0o170644), 0x00080000 + 0o644);
    assert.equal(systemFileMode(0x00080000 + 0o644), 0o644);
  });
});
