import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSftpLocation } from './sftp-location.ts';

describe('the location of an SFTP repository', () => {
  for (const [rest, user, host, port, path] of [
    ['me@host:/srv/backup', 'me', 'host', 22, '/srv/backup'],
    ['host:backup/shop/', undefined, 'host', 22, 'backup/shop'],
    ['//me@host:2222//srv/backup', 'me', 'host', 2222, '/srv/backup'],
    ['//me@host/backup', 'me', 'host', 22, 'backup'],
    ['//me@[2001:db8::1]:2222//srv', 'me', '2001:db8::1', 2222, '/srv'],
    ['me@[::1]:/srv', 'me', '::1', 22, '/srv'],
    ['me@host:/', 'me', 'host', 22, '/'],
  ] as const) {
    it(`${rest} is ${path} on ${host}, port ${port}`, () => {
      const place = parseSftpLocation(rest);
      assert.deepEqual([place.user, place.host, place.port, place.path], [user, host, port, path]);
      const again = parseSftpLocation(place.text.replace(/^sftp:/, ''));
      assert.deepEqual([again.user, again.host, again.port, again.path], [user, host, port, path]);
    });
  }

  it('with a part missing, or a password in it, is refused without telling the password', () => {
    for (const rest of [
      'host',
      'me@host:',
      '//host',
      ':/srv',
      'host:~/x',
      '//me:hush@host//srv',
      'me:hush@host:/srv',
      '//h:99999//x',
    ]) {
      assert.throws(
        () => parseSftpLocation(rest),
        (error: Error & { code?: string; advice?: string }) =>
          error.code === 'storage.options' && !error.message.includes('hush') && (error.advice ?? '') !== '',
        rest,
      );
    }
  });
});
