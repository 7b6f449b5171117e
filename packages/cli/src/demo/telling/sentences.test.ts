import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { width as cells } from '../../output/table.ts';
import type { Fact, ToldPart } from './fact.ts';
import { plain } from './palette.ts';
import { sentences } from './sentences.ts';
import { list, money, share, wrap } from './wording.ts';

const at = '2026-11-23T12:04:31.000Z';
const orders: Extract<Fact, { type: 'orders' }> = {
  ...{ type: 'orders', acknowledged: 612, back: 574, lost: 38, missing: 0, lostAmountCents: 123_450 },
  firstLost: { id: 150_575, at },
  lastLost: { id: 150_612, at },
  ...{ recoveryPointAt: at, recoveryPointSeconds: 31 },
};
const told = (fact: Fact, width = 92) => sentences(fact, { palette: plain, width }).join('\n');
/** As one line, so that a test does not depend on where lines are broken. */
const flat = (fact: Fact) => told(fact).replaceAll(/\s+/g, ' ');

describe('the story in sentences', () => {
  it('says how many orders lie between the backup and the disaster, and which', () => {
    assert.match(
      flat(orders),
      /✔ 612 orders were acknowledged to customers before the disaster\. 574 of them are back\./,
    );
    assert.match(
      flat(orders),
      /38 orders lie between the last backup \(.* 31 s before the disaster\) and the disaster, from no\. 150,575 .* EUR 1,234\.50 in all\. They are lost\./,
    );
  });

  it('speaks of one order as of one', () => {
    const one = { ...orders, acknowledged: 1, back: 0, lost: 1, lastLost: orders.firstLost };
    assert.match(flat(one), /1 order was acknowledged/);
    assert.match(flat(one), /1 order lies between .* It is lost\./);
  });

  it('says that nothing is lost only when nothing is', () => {
    const none = { ...orders, back: 612, lost: 0, firstLost: undefined, lastLost: undefined };
    assert.match(flat(none), /nothing is lost/);
    assert.doesNotMatch(flat(orders), /nothing is lost/);
  });

  it('never passes over an order that the backup must hold', () => {
    assert.match(
      flat({ ...orders, missing: 2 }),
      /✘ 2 orders from before that backup are missing, and must not be\./,
    );
    assert.doesNotMatch(flat(orders), /✘/);
  });

  it('shows a target that was not met as not met', () => {
    const drill: Fact = {
      ...{ type: 'drill', part: 'files', passed: false, seconds: 1_000, rtoSeconds: 900 },
      ...{ recoveryPointSeconds: 4_000, rpoSeconds: 3_600, checks: [] },
    };
    assert.match(
      flat(drill),
      /✘ files did not pass in 16 m 40 s \(target 15 m\) ✘ from a backup 1 h 6 m old/,
    );
  });

  it('says so when an incident has no estimate', () => {
    const incident: Fact = {
      ...{ type: 'incident', at, id: '1', title: 'Web shop: data is missing', url: 'http://x/1' },
      estimateSeconds: undefined,
    };
    assert.match(flat(incident), /without an estimate/);
  });

  it('fits its tables into eighty columns', () => {
    const backup: Fact = {
      ...{ type: 'backup', round: 2, part: 'database', bytesRead: 100e6, bytesStored: 100e6 },
      ...{ seconds: 12, snapshot: 'abcdef0123456789' },
    };
    assert.ok(cells(told(backup, 79)) <= 79);
    assert.match(told(backup, 92), /abcdef01$/);
    const part: ToldPart = {
      ...{ part: 'database', what: '1,247,894 rows in 16 tables', bytesRead: 197.4e6, bytesStored: 29.5e6 },
      ...{ backups: 2, rehearsedSeconds: 61, recoverySeconds: 8, rtoSeconds: 900 },
      ...{ recoveryPointSeconds: 22, rpoSeconds: 3_600, lost: '206 orders' },
    };
    const table = told(
      { type: 'summary', parts: [part, { ...part, part: 'files', what: '5,000 files' }] },
      79,
    );
    for (const line of table.split('\n')) assert.ok(cells(line) <= 79, line);
    assert.match(table, /✔ 1 m 1 s \(target 15 m\)/);
  });

  it('keeps its paragraphs within the width of the terminal', () => {
    const disaster: Fact = { type: 'disaster', at, tables: ['orders', 'order_items'], folders: ['images'] };
    const opening: Fact = { type: 'opening', folder: '/tmp/octobox-demo-AEecqV', keep: false };
    const paragraphs: readonly Fact[] = [orders, disaster, opening];
    for (const width of [40, 60, 79, 92]) {
      for (const fact of paragraphs) {
        for (const line of told(fact, width).split('\n')) assert.ok(cells(line) <= width, line);
      }
    }
  });
});

describe('amounts', () => {
  it('are in cents', () => {
    assert.equal(money(123_450), 'EUR 1,234.50');
  });

  it('are never rounded up to everything', () => {
    assert.equal(share(99_999, 100_000), '99.9 %');
    assert.equal(share(1, 1), '100.0 %');
    assert.equal(share(0, 0), '0 %');
  });

  it('are listed as people list', () => {
    assert.deepEqual(
      [list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])],
      ['', 'a', 'a and b', 'a, b and c'],
    );
  });

  it('are broken between words', () => {
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
  });
});
