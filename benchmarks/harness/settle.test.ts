import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { megabytesToWrite } from './settle.ts';

describe('what is still to be written', () => {
  it('is what is dirty and what is being written back, and no other sort of it', () => {
    const meminfo = [
      'MemTotal:       24000000 kB',
      'Dirty:              2048 kB',
      'Writeback:          1024 kB',
      'WritebackTmp:      99999 kB',
      '',
    ].join('\n');
    assert.equal(megabytesToWrite(meminfo), 3);
  });
});
