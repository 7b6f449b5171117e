import assert from 'node:assert/strict';
import { it } from 'node:test';
import { listText } from './texts.ts';

it('a list with a space in it is not taken for two', () => {
  assert.equal(listText(['/srv/a', '*.tmp']), '/srv/a *.tmp');
  assert.equal(listText(['/srv/a b', '/c']), '"/srv/a b" /c');
  const lists = [['/a /b'], ['/a', '/b'], ['"/a', '/b"'], ['/a\n/b']];
  assert.equal(new Set(lists.map(listText)).size, lists.length);
});
