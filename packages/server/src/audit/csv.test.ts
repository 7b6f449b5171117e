import assert from 'node:assert/strict';
import { it } from 'node:test';
import { csvLine } from './csv.ts';

it('quotes what has a meaning in CSV, and lets nothing be a formula', () => {
  const origin = { actor: { id: '7', name: '=HYPERLINK("x")' }, address: '::1', userAgent: 'a,b' };
  const entry = {
    id: 3,
    at: '2026-11-26T00:00:00.000Z',
    action: 'a.b',
    origin,
    subject: '-1',
    after: { x: null },
  };
  assert.equal(
    csvLine(entry),
    `3,2026-11-26T00:00:00.000Z,a.b,user:7,"'=HYPERLINK(""x"")",'-1,::1,"a,b",,"{""x"":null}"\r\n`,
  );
});
