import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { passwordFromFile } from './connecting/credentials.ts';
import { formatPostgresqlLocation, parsePostgresqlLocation } from './connecting/location.ts';
import { quoteIdentifier, quoteLiteral } from './connecting/session.ts';
import { parseProgramVersion, parseServerVersionNumber } from './connecting/versions.ts';
import { compareSequence } from './inventory/sequences.ts';
import { nearestBinaries } from './programs/binaries.ts';
import { needsScript, withoutTransactionTimeout } from './restore/load-archive.ts';
import { derivedName } from './restore/restore.ts';
import { roleStatements, splitStatements } from './restore/role-script.ts';

test('server versions 13 to 18 are read from their numbers', () => {
  const cases: [string, number, number][] = [
    ['130022', 13, 22],
    ['140019', 14, 19],
    ['150018', 15, 18],
    ['160010', 16, 10],
    ['170006', 17, 6],
    ['180000', 18, 0],
  ];
  for (const [text, major, minor] of cases) {
    const version = parseServerVersionNumber(text);
    assert.deepEqual([version.major, version.minor, version.text], [major, minor, `${major}.${minor}`]);
  }
  for (const text of ['', 'fifteen', '15']) assert.throws(() => parseServerVersionNumber(text), RangeError);
});

test('program versions are read as every distribution words them', () => {
  const cases: [string, string][] = [
    ['pg_dump (PostgreSQL) 13.22\n', '13.22'],
    ['pg_dump (PostgreSQL) 14.19 (Ubuntu 14.19-0ubuntu0.22.04.1)\n', '14.19'],
    ['pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n', '15.18'],
    ['postgres (PostgreSQL) 16.10\n', '16.10'],
    ['pg_dump (PostgreSQL) 17.6 (Homebrew)\n', '17.6'],
    ['pg_dump (PostgreSQL) 18beta1\n', '18beta1'],
    ['pg_dump (PostgreSQL) 18rc1\n', '18rc1'],
    ['postgres (PostgreSQL) 19devel\n', '19devel'],
  ];
  for (const [text, version] of cases) assert.equal(parseProgramVersion(text)?.text, version);
  assert.equal(parseProgramVersion('mysqldump  Ver 8.0.36'), undefined);
});

test('programs of the same major version are taken, else the nearest newer ones, never older ones', () => {
  const installed = ['18.1', '17.6', '15.18', '15.2', '13.4'].map((text) => {
    const version = parseProgramVersion(`pg_dump (PostgreSQL) ${text}`);
    assert.ok(version !== undefined);
    return { folder: `/pg/${text}`, version };
  });
  const chosen = [13, 14, 15, 16, 17, 18, 19].map((major) => nearestBinaries(installed, major)?.version.text);
  assert.deepEqual(chosen, ['13.4', '15.18', '15.18', '17.6', '17.6', '18.1', undefined]);
});

test('a password file is read as libpq reads it', () => {
  const { location } = parsePostgresqlLocation('postgres://shop@db:5433/sales');
  const file = [
    '# comment',
    'db:5432:*:shop:wrong port',
    'short:line',
    '*:5433:sales:shop:a\\:b\\\\c:d',
    '*:*:*:*:last',
  ];
  assert.equal(passwordFromFile(file.join('\n'), location), 'a:b\\c:d');
  assert.equal(passwordFromFile('db:5433:sales:other:x', location), undefined);
  const socket = parsePostgresqlLocation('postgres:///sales?user=shop').location;
  assert.equal(passwordFromFile('localhost:*:*:shop:local', socket), 'local');
});

test('only a newer pg_restore and an older server need the way by psql', () => {
  const version = (major: number) => parseServerVersionNumber(`${major}0001`);
  const majors = [13, 14, 15, 16, 17, 18];
  const pairs = majors.flatMap((client) =>
    majors
      .filter((server) => needsScript(version(client), version(server)))
      .map((server) => [client, server]),
  );
  assert.deepEqual(
    pairs,
    [17, 18].flatMap((client) => [13, 14, 15, 16].map((server) => [client, server])),
  );
});

test('a setting that older servers lack is taken out of a script, however it is cut, and nothing else', async () => {
  const setting = 'SET transaction_timeout = 0;\n';
  const before = '--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET lock_timeout = 0;\n';
  const content = `SELECT 1;\n${'x'.repeat(5000)}\n${setting}`;
  for (const size of [1, 7, 4095, 20_000]) {
    const cut = async (script: string): Promise<string> => {
      const bytes = Buffer.from(script);
      const chunks = async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      };
      return Buffer.concat(await Array.fromAsync(withoutTransactionTimeout(chunks()))).toString();
    };
    assert.equal(await cut(before + setting + content), before + content);
    assert.equal(await cut(before + content), before + content);
    assert.equal(await cut(before + setting), before);
    assert.equal(await cut(''), '');
  }
});

const globals = String.raw`
--
-- PostgreSQL database cluster dump; CREATE ROLE in_a_comment;
--
\restrict abcdef
SET client_encoding = 'UTF8';
CREATE ROLE "Odd ""one"";";
ALTER ROLE "Odd ""one"";" WITH NOSUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$4096:a;b''c';
COMMENT ON ROLE reader IS 'it''s
-- not a comment; really
over';
CREATE ROLE reader;
ALTER ROLE reader SET search_path TO 'a', 'b';
GRANT reader TO "Odd ""one"";" WITH INHERIT TRUE, SET TRUE GRANTED BY postgres;
GRANT pg_monitor TO reader WITH ADMIN OPTION GRANTED BY "the boss";
GRANT SET, ALTER SYSTEM ON PARAMETER work_mem TO reader WITH GRANT OPTION;
GRANT ALL ON TABLESPACE fast TO reader;
CREATE TABLESPACE fast OWNER postgres LOCATION '/ssd';
DROP DATABASE shop;
\unrestrict abcdef
`;

test('of a globals script only the statements about roles are run, whatever their names', () => {
  const odd = 'Odd "one";';
  assert.deepEqual(
    roleStatements(globals).map((statement) => [
      statement.kind,
      statement.role,
      statement.kind === 'grant' ? statement.member : '',
    ]),
    [
      ['create', odd, ''],
      ['change', odd, ''],
      ['change', 'reader', ''],
      ['create', 'reader', ''],
      ['change', 'reader', ''],
      ['grant', 'reader', odd],
      ['grant', 'pg_monitor', 'reader'],
      ['parameter', 'reader', ''],
    ],
  );
  const grants = roleStatements(globals).filter(({ kind }) => kind === 'grant');
  assert.equal(grants[0]?.sql, 'GRANT reader TO "Odd ""one"";" WITH INHERIT TRUE, SET TRUE');
  assert.equal(grants[1]?.sql, 'GRANT pg_monitor TO reader WITH ADMIN OPTION');
  assert.equal(splitStatements(globals).filter((sql) => sql.includes('not a comment')).length, 1);
});

test('a sequence may stand anywhere between the two readings around the dump', () => {
  const cases: [string, string, boolean, boolean][] = [
    ['10..20 by 1', '10..10 by 1', false, true],
    ['10..20 by 1', '20..20 by 1', false, true],
    ['10..20 by 1', '9..9 by 1', false, false],
    ['10..20 by 1', '21..21 by 1', false, false],
    ['10..20 by 1', '21..21 by 1', true, true],
    ['10..20 by 1', '9..9 by 1', true, false],
    ['-10..-20 by -5', '-15..-15 by -5', false, true],
    ['-10..-20 by -5', '-25..-25 by -5', true, true],
    ['-10..-20 by -5', '-5..-5 by -5', true, false],
    ['unused..unused by 1', 'unused..unused by 1', false, true],
    ['unused..unused by 1', '3..3 by 1', false, false],
    ['unused..7 by 1', '3..3 by 1', false, true],
    ['unused..7 by 1', 'unused..unused by 1', false, true],
    ['7..7 by 1', 'unused..unused by 1', true, false],
    ['9007199254740993..9007199254740993 by 1', '9007199254740992..9007199254740992 by 1', false, false],
    ['nonsense', '1..1 by 1', true, false],
  ];
  for (const [expected, actual, growth, fits] of cases) {
    assert.equal(compareSequence(expected, actual, growth) === undefined, fits, `${expected} ~ ${actual}`);
  }
});

test('names and texts are quoted, and derived names fit into 63 bytes', () => {
  assert.equal(quoteIdentifier('a"b'), '"a""b"');
  assert.equal(quoteLiteral("it's"), "'it''s'");
  assert.equal(quoteLiteral("c:\\d'"), "E'c:\\\\d'''");
  const derived = derivedName('ä'.repeat(40), '_before_restore_20260101_101010');
  assert.ok(Buffer.byteLength(derived) <= 63 && derived.endsWith('_before_restore_20260101_101010'));
});

const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 20 })
  .filter((value) => !value.includes('\0'));

test('any location that is written is read as the same', () => {
  // A path of dots alone is taken for a relative one by every parser of URLs.
  const name = text.filter((value) => !value.includes('/') && !/^\.+$/.test(value));
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constant('::1'), fc.constant('/run/pg sql'));
  const sslmode = fc.constantFrom('disable' as const, 'prefer' as const, 'verify-full' as const);
  const port = fc.integer({ min: 1, max: 65_535 });
  const locations = fc.record({ host, port, user: name, database: name, sslmode });
  fc.assert(
    fc.property(locations, (location) => {
      assert.deepEqual(parsePostgresqlLocation(formatPostgresqlLocation(location)), {
        location: { ...location },
      });
    }),
  );
});

test('any names and texts in a globals script leave its statements apart', () => {
  const names = text.filter((value) => !/[\r\n]/.test(value));
  fc.assert(
    fc.property(fc.array(fc.tuple(names, text), { maxLength: 5 }), (roles) => {
      const script = roles.map(
        ([name, comment]) =>
          `--\n-- Roles\n--\nCREATE ROLE ${quoteIdentifier(name)};\nCOMMENT ON ROLE ${quoteIdentifier(name)} IS '${comment.replaceAll("'", "''")}';\n`,
      );
      assert.deepEqual(
        roleStatements(script.join('\n')).map(({ kind, role }) => [kind, role]),
        roles.flatMap(([name]) => [
          ['create', name],
          ['change', name],
        ]),
      );
    }),
  );
});
