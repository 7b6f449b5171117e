import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { Scratch } from '../../runtime/scratch.ts';
import { compressInto, decompress } from './compression.ts';
import { CompressionHabit } from './compression-habit.ts';

const SIZE = 600_000;

/** Rows of a table, as a dump has them. */
function rows(first: number): Buffer {
  const lines: string[] = [];
  for (let length = 0, row = first; length < SIZE; row++) {
    const note = `invoice ${row} of customer ${row % 7919}; `.repeat(6);
    const line = `${row}\t2026-01-01\taccount ${row % 9973}\t${note}\t${randomBytes(60).toString('hex')}\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join('')).subarray(0, SIZE);
}

/** Words in no order: short repetitions only. */
function words(): Buffer {
  const known = Array.from({ length: 4000 }, () => randomBytes(2).toString('hex'));
  const picked = Array.from(new Uint16Array(randomBytes(SIZE).buffer), (at) => known[at % known.length]);
  return Buffer.from(picked.join(' ')).subarray(0, SIZE);
}

describe('the habit of a stream', () => {
  it('is the way in which its bytes become smaller, and is looked at again', () => {
    const habit = new CompressionHabit();
    for (let blob = 0; blob < 8; blob++) assert.equal(habit.wayFor(rows(blob * 1000)), 'repetitive');
    for (let blob = 0; blob < 8; blob++) assert.equal(habit.wayFor(words()), 'auto');
    assert.equal(habit.wayFor(rows(0)), 'repetitive');
    assert.equal(habit.wayFor(words()), 'repetitive');
    habit.reset();
    assert.equal(habit.wayFor(words()), 'auto');
  });

  it('gives bytes that anyone reads', () => {
    for (const plain of [rows(1), words(), randomBytes(SIZE), Buffer.alloc(1), Buffer.alloc(SIZE)]) {
      const compressed = Buffer.from(compressInto(new Scratch(), plain, 'repetitive'));
      assert.ok(decompress(compressed, plain.length).equals(plain));
    }
  });
});
