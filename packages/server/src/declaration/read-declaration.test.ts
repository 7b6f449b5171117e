import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { ConfigError, configFrom } from '../platform/index.ts';
import { configurationSchema } from './json-schema.ts';
import { DeclarationError } from './problems.ts';
import { readDeclaration } from './read-declaration.ts';
import { machineReferences } from './references.ts';
import { schemaFile, schemaText } from './schema-file.ts';

const read = (text: string, env: Record<string, string> = {}, isConfiguration = true) =>
  readDeclaration({ file: 'octobox.yaml', text, references: machineReferences(env), isConfiguration });

async function refusal(text: string, env: Record<string, string> = {}, own = true): Promise<ConfigError> {
  try {
    await read(text, env, own);
  } catch (error) {
    assert(error instanceof ConfigError, inspect(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'the declaration was accepted' });
}

const problemsOf = async (text: string, env: Record<string, string> = {}): Promise<string[]> => {
  const error = await refusal(text, env);
  assert(error instanceof DeclarationError, error.message);
  return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
};

describe('reading a declaration', () => {
  it('tells all that is wrong at once, with line and column', async () => {
    const text = `services:
  Shop: {}
  shop:
    rpo: soon
    colour: red
    sources:
      a: /srv
      b: { location: relative }
      c:
        location: /srv
        schedule: sometimes
        excludes: all
        passwort: hunter2
      d:
        location: sqlite:/srv/d.db
        paths: [/srv]
        password: \${PW}
      e: { location: /srv, paths: [/a, b], drills: '99 * * * *' }
  wiki:
    sources:
      d: { location: /srv }
`;
    const problems = await problemsOf(text, { PW: 'x' });
    for (const [index, expected] of [
      /^2:3 "Shop" is not made of/,
      /^4:10 "rpo": write a duration/,
      /^5:5 unknown field "colour"/,
      /^7:7 "a": expected fields/,
      /^8:22 "location": Not a location: relative/,
      /^12:19 "excludes": /,
      /^13:9 unknown field "passwort"/,
      /^16:16 "paths": it is for a folder/,
      /^17:19 "password": it is for a PostgreSQL/,
      /^18:40 "paths": b is not an absolute path/,
      /^18:52 "drills": /,
    ].entries()) {
      assert.match(problems[index] ?? '', expected);
    }
    assert.equal(problems.length, 11);
    assert.doesNotMatch(problems.join(), /hunter2/);
    const twice =
      'services: { a: { sources: { x: { location: /a } } }, b: { sources: { x: { location: /b } } } }';
    assert.match((await problemsOf(twice)).join(), /^1:\d+ there is a source "x" in the service a already$/);
  });

  it('names what is known beside an unknown field, the sources of a service too', async () => {
    const ofService = await refusal('services:\n  a:\n    rpo: soon\n    nmae: A\n');
    assert.match(ofService.message, /4:5: unknown field "nmae"/);
    const { advice } = await refusal('services:\n  a:\n    nmae: A\n    rpo: soon\n');
    assert.equal(advice, 'Known beside "nmae": name, criticality, rpo, rto, rehearse, sources.');
    const ofSource = await refusal('services: { a: { sources: { x: { location: /srv, paht: /srv } } } }\n');
    assert.match(ofSource.advice ?? '', /^Known beside "paht": location, paths, /);
  });

  it('tells of an interval that is too short together with what else is wrong', async () => {
    const text =
      'services:\n  a:\n    sources:\n      x: { location: /srv, schedule: every 1s }\n      y: { location: relative }\n';
    const problems = await problemsOf(text);
    assert.match(problems[0] ?? '', /^4:38 "schedule": the shortest interval for backups is 10s$/);
    assert.match(problems[1] ?? '', /^5:22 "location": /);
    assert.equal(problems.length, 2);
  });

  it('tells of the rhythm of a source whose location is wrong, too', async () => {
    const text =
      'services:\n  a:\n    sources:\n      x: { location: "ftp://x", schedule: 99 x, drills: never }\n';
    const problems = await problemsOf(text);
    assert.match(problems[0] ?? '', /^4:22 "location": /);
    assert.match(problems[1] ?? '', /^4:43 "schedule": /);
    assert.match(problems[2] ?? '', /^4:57 "drills": /);
  });

  it('says where an alias names nothing, and where a file has no end', async () => {
    const nothing = await refusal('services:\n  a: { sources: { x: { location: /a } } }\n  b: *missing\n');
    assert.match(nothing.message, /3:6: .*missing/);
    const early = await refusal('services:\n  a: *later\n  b: &later {}\n');
    assert.match(early.message, /2:6: .*later/);
    const levels = [
      'a: &a [x, x]',
      ...[...'bcdefghijklmnop'].map(
        (c, i) => `${c}: &${c} [*${'abcdefghijklmnop'[i]}, *${'abcdefghijklmnop'[i]}]`,
      ),
    ];
    const endless = await refusal(`${levels.join('\n')}\nservices: {}\n`);
    assert.match(endless.message, /octobox\.yaml:16:\d+: .*alias/i);
    const self = await refusal('services: &all\n  a: { sources: { x: { location: /a, paths: *all } } }\n');
    assert.match(self.message, /2:45: .*\*all .*part of/);
    const deep = await refusal(`services: ${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    assert.match(deep.message, /octobox\.yaml:1:\d+: .*too many levels/);
    assert.deepEqual([(await refusal('listen: 1\n')).line, (await refusal('listen: 1\n')).column], [1, 1]);
  });

  it('takes no names with signs that nobody sees, and none that are endless', async () => {
    const named = (service: string, source: string) =>
      `services:\n  a:\n    name: "${service}"\n    sources:\n      "${source}": { location: /a }\n`;
    assert.match((await problemsOf(named('a\\u202eb', 'x')))[0] ?? '', /^3:11 "name": .*nobody sees/);
    assert.match((await problemsOf(named('a\\nb', 'x')))[0] ?? '', /^3:11 "name": .*nobody sees/);
    assert.match((await problemsOf(named('a', 'x\\u0000y')))[0] ?? '', /^5:7 .*nobody sees/);
    assert.match((await problemsOf(named('a'.repeat(121), 'x')))[0] ?? '', /^3:11 "name": /);
    assert.match((await problemsOf(named('a', 'x'.repeat(121))))[0] ?? '', /^5:7 .*120/);
    assert.match((await problemsOf(named('a', '  ')))[0] ?? '', /^5:7 /);
    assert.equal((await read(named('Übung – 日本', 'café'))).services.length, 1);
  });

  it('takes secrets by reference alone, and shows none', async () => {
    const password = (value: string) =>
      `services:\n  a:\n    sources:\n      x:\n        location: postgres://a@b/c\n        password: ${value}\n`;
    const where = /^6:19 "password": /;
    for (const value of ['hunter2', '$hunter2', '"x${A}hunter2"', '[hunter2]', '{ hunter2: hunter2 }', '7']) {
      const [problem = ''] = await problemsOf(password(value), { A: 'a' });
      assert.match(problem, where);
      assert.doesNotMatch(problem, /hunter2/);
      assert.match(problem, /does not stand in this file/);
    }
    assert.match((await problemsOf(password('${NOT_SET}')))[0] ?? '', /NOT_SET is not set/);
    assert.match((await problemsOf(password('${EMPTY}'), { EMPTY: '' }))[0] ?? '', /EMPTY is empty/);
    assert.match((await problemsOf(password('file:here')))[0] ?? '', /begins with a slash/);
    assert.match((await problemsOf(password('file:/no/where')))[0] ?? '', /cannot be read/);
    for (const location of [
      'postgres://a:hunter2@b/c',
      'postgres://a:hunter2@b/c?colour=red',
      'postgres://a:hunter2@b:port/c',
      'a:hunter2@b/c',
    ]) {
      const [problem = ''] = await problemsOf(
        `services: { a: { sources: { x: { location: "${location}" } } } }`,
      );
      assert.match(problem, /"location": /);
      assert.doesNotMatch(problem, /hunter2/);
    }
    const read1 = await read(password('${A}'), { A: 'canary' });
    assert.doesNotMatch(inspect(read1, { depth: 9 }) + JSON.stringify(read1), /canary/);
  });

  it('puts variables into other texts, and says where one is missing', async () => {
    const text =
      "services:\n  a:\n    name: '$${x} ${WHO}'\n    sources:\n      x: { location: '${BASE}/www' }\n";
    const [a] = (await read(text, { WHO: 'we', BASE: '/srv' })).services;
    assert.deepEqual([a?.name, a?.sources[0]?.location], ['${x} we', '/srv/www']);
    assert.deepEqual(await problemsOf(text, { WHO: 'we' }), [
      '5:22 "location": the environment variable BASE is not set',
    ]);
    assert.deepEqual(
      await problemsOf(
        "services:\n  a:\n    sources:\n      x: { location: /srv, excludes: ['*.tmp', '${BASE}'] }\n",
      ),
      ['4:48 "excludes.1": the environment variable BASE is not set'],
    );
    assert.match(
      (await problemsOf(text.replace('${WHO}', '${no name}'), { BASE: '/' }))[0] ?? '',
      /names no env/,
    );
  });

  it('is the section of the configuration file, or the whole of another one', async () => {
    const text = 'listen: 127.0.0.1:1\nservices:\n  a: {}\n';
    assert.equal((await read(text)).services.length, 1);
    const other = await refusal(text, {}, false);
    assert.deepEqual([other.line, other.column], [1, 1]);
    assert.match(other.advice ?? '', /--config/);
    for (const none of ['', 'listen: 1\n', 'services:\n', '# nothing\n']) {
      assert.match((await refusal(none)).message, /says nothing of services/);
    }
    for (const bad of ['services: 7', 'services: [a]', '- a']) await refusal(bad);
    const settings = {
      env: {},
      dataFolder: '/data',
      file: { path: '/o.yaml', text: 'services: { A: { x: [ } }' },
    };
    assert.throws(() => configFrom(settings), /not valid YAML/);
    settings.file.text = 'listen: 127.0.0.1:7\nservices: { A: { x: [] } }';
    assert.equal(configFrom(settings).listen.port, 7);
  });

  it('keeps names as they are written', async () => {
    const text =
      'services:\n  007: { sources: { 1e3: { location: /a }, yes: { location: /b }, __proto__: { location: /c }, null: { location: /d } } }\n';
    const [service] = (await read(text)).services;
    assert.equal(service?.slug, '007');
    assert.deepEqual(
      service?.sources.map(({ name }) => name),
      ['1e3', 'yes', '__proto__', 'null'],
    );
  });

  it('reads a shared list, and no file that grows without end', async () => {
    const many = Array.from(
      { length: 300 },
      (_, i) => `      s${i}: { location: /srv/${i}, excludes: *common }`,
    );
    const shared = `services:\n  a:\n    sources:\n      first: { location: /srv, excludes: &common ['*.tmp'] }\n${many.join('\n')}\n`;
    assert.equal((await read(shared)).services[0]?.sources.length, 301);
    const levels = Array.from(
      { length: 12 },
      (_, i) =>
        `x${i}: &x${i} [${Array(10)
          .fill(i === 0 ? 'lol' : `*x${i - 1}`)
          .join(', ')}]`,
    );
    const started = performance.now();
    assert.match((await refusal(`${levels.join('\n')}\nservices: {}\n`)).message, /alias/i);
    await refusal('['.repeat(20_000));
    assert.ok(performance.now() - started < 5_000);
    const list = Array(10_000).fill('/y').join(', ');
    const named = Array.from({ length: 3_000 }, (_, i) => `      s${i}: { location: /srv, paths: *p }\n`);
    const flat = `services:\n  a:\n    sources:\n      first: { location: /srv, paths: &p [${list}] }\n`;
    const refused = await refusal(flat + named.join(''));
    assert.match(refused.message, /octobox\.yaml:24:37: .*copied values/);
  });

  it('tells of very many faults, and of texts that seem full of variables, without working long', async () => {
    const started = process.cpuUsage();
    const faults = Array.from({ length: 12_000 }, (_, n) => `  s${n}: { x: 1 }\n`).join('');
    assert.match((await refusal(`services:\n${faults}`)).message, /^octobox\.yaml:2:\d+: .*"x"/);
    const unclosed = '${'.repeat(100_000);
    assert.match((await refusal(`services: { a: { name: "${unclosed}" } }`)).message, /at most 120|<=120/);
    const { user, system } = process.cpuUsage(started);
    assert.ok(user + system < 8_000_000, `${(user + system) / 1e6} s`);
  });

  it('says where a name stands twice', async () => {
    assert.match((await refusal('services:\n  a: {}\n  b: {}\n  a: {}\n')).message, /4:3: "a" .*twice/);
    assert.match((await refusal('services: { a: { "name": x, name: y } }')).message, /1:29: "name" .*twice/);
  });

  it('takes no slug that no address has', async () => {
    assert.match(
      (await problemsOf(`services: { ${'a'.repeat(121)}: {} }`))[0] ?? '',
      /^1:13 .*120 characters/,
    );
  });

  it('has a schema for editors, whose copy in docs is the one that the fields make', async () => {
    assert.equal(await readFile(schemaFile, 'utf8'), schemaText());
    const schema = JSON.stringify(configurationSchema());
    // What is read as "nothing said" is no mistake in an editor either.
    assert.equal((await read('services:\n  a:\n  b:\n    sources:\n')).services.length, 2);
    const { services } = (configurationSchema() as { properties: { services: object } }).properties;
    assert.equal(JSON.stringify(services).match(/"type":"null"/g)?.length, 2);
    for (const field of ['oneFileSystem', 'scratchPassword', 'keepHourly', 'criticality'])
      assert.ok(schema.includes(field));
  });
});
