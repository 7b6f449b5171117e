import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nameMatcher } from './name-matcher.ts';

it('a name is found by a part or a pattern of it, however its accents are written', () => {
  const found = (search: string, name: string | Buffer) => nameMatcher(search)(Buffer.from(name));
  for (const name of ['\u00c4rger.txt', 'A\u0308rger.txt']) {
    for (const search of ['\u00e4rg', 'a\u0308RG', '\u00e4*.txt', 'a\u0308*.TXT', '?rger.txt'])
      assert.ok(found(search, name), `${search} ${name}`);
    assert.ok(!found('rger*', name));
  }
  assert.ok(found('!new*', '!new') && !found('!new*', 'old'));
  assert.ok(found('f?.t', Buffer.from([0x66, 0xff, 0x2e, 0x74])));
});
