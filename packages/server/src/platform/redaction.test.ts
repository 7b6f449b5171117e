import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFailure } from './failure.ts';
import { createLog } from './log.ts';
import { withoutSecrets } from './redaction.ts';

test('passwords in addresses and settings are blotted out', () => {
  assert.equal(withoutSecrets('postgres://shop:s3cret@db/shop failed'), 'postgres://shop:***@db/shop failed');
  assert.equal(withoutSecrets('password=hunter2 host=db'), 'password=*** host=db');
  assert.equal(withoutSecrets('at 12:30:00 http://db:80/x'), 'at 12:30:00 http://db:80/x');
});

test('what the platform itself says about a password or its file is left whole', () => {
  for (const innocent of [
    '/etc/octobox/mail-password: cannot be read: ENOENT',
    '/etc/octobox/mail-password: is empty, and was to hold the password of the mail server',
    '/etc/octobox/mail-password: has more than one line, and was to hold a password alone',
    '/etc/octobox/secret: holds credentials and is open to others (mode 0644)',
    '/etc/octobox/token: holds a password and is open to others (mode 0644)',
    'secret: it may have 65536 bytes at most',
    'password: this is not the present password',
  ])
    assert.equal(withoutSecrets(innocent), innocent);
  // One word alone is never left, and nothing that is set with an equals sign.
  for (const given of ['cannot', 'is', 'it', 'this', 'holds', 'cannotberead', 'thisisnot'])
    for (const text of [`password: ${given}`, `password: ${given}, host=db`, `password=${given} be read`])
      assert.match(withoutSecrets(text), /^password(: |=)\*\*\*/, text);
});

test('a key of the API is blotted out wherever it stands', () => {
  const key = `octobox_${'aB3-_'.repeat(9).slice(0, 43)}`;
  assert.equal(
    withoutSecrets(`Authorization: Bearer ${key} refused`),
    'Authorization: Bearer octobox_*** refused',
  );
  assert.equal(withoutSecrets('octobox_restored is a database'), 'octobox_restored is a database');
});

test('a log line holds no secret, in whatever field it was given', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => lines.push(line) } });
  log.info(
    { password: 'hunter2', nested: { secret: 'hunter2' }, url: 'postgres://a:hunter2@b/c' },
    'connecting',
  );
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines[0] ?? '', /hunter2/);
  assert.match(lines[0] ?? '', /"level":"info".*"msg":"connecting"/);
});

test('a failure keeps code, advice and causes, and no secret', () => {
  const error = Object.assign(
    new Error('cannot connect', { cause: new Error('postgres://a:hunter2@b refused') }),
    {
      code: 'source.unreachable',
      advice: 'Start it.',
    },
  );
  assert.deepEqual(describeFailure(error), {
    code: 'source.unreachable',
    message: 'cannot connect: postgres://a:***@b refused',
    advice: 'Start it.',
  });
});
