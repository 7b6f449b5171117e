import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JournalEntry } from '../company/writer/journal.ts';
import { countLoss, invoicesBefore, ordersBefore } from './loss.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 12, 0, second)).toISOString();
const order = (id: number, second: number, reference = `r${id}`): JournalEntry => ({
  ...{ kind: 'order', reference, id, at: at(second), total: 1_000 },
});

describe('what a disaster cost', () => {
  const disaster = new Date(at(30));
  const journal: JournalEntry[] = [
    order(1, 5),
    order(2, 15),
    { kind: 'invoice', path: 'a.pdf', sha256: 'x', at: at(16) },
    order(3, 25),
    { kind: 'out', at: at(30), reason: 'gone' },
    // After the restore the numbers begin again where the backup ended.
    order(3, 40, 'another'),
    { kind: 'invoice', path: 'b.pdf', sha256: 'y', at: at(41) },
  ];

  it('is counted over what was acknowledged before it', () => {
    assert.deepEqual(
      ordersBefore(journal, disaster).map((entry) => entry.reference),
      ['r1', 'r2', 'r3'],
    );
    assert.deepEqual(
      invoicesBefore(journal, disaster).map((entry) => entry.path),
      ['a.pdf'],
    );
  });

  it('is the orders since the backup, although a new order bears the number of a lost one', () => {
    const loss = countLoss(
      ordersBefore(journal, disaster),
      new Set(['r1', 'r2', 'another']),
      new Date(at(20)),
    );
    assert.equal(loss.back, 2);
    assert.deepEqual(
      loss.lost.map((entry) => entry.reference),
      ['r3'],
    );
    assert.deepEqual(loss.missing, []);
  });

  it('is called missing, not lost, where the backup must hold it', () => {
    const loss = countLoss(ordersBefore(journal, disaster), new Set(['r1']), new Date(at(20)));
    assert.deepEqual(
      loss.missing.map((entry) => entry.reference),
      ['r2'],
    );
  });

  it('is nothing when every reference came back', () => {
    const loss = countLoss(ordersBefore(journal, disaster), new Set(['r1', 'r2', 'r3']), new Date(at(20)));
    assert.deepEqual(loss.lost, []);
    assert.equal(loss.back, 3);
  });
});
