import assert from 'node:assert/strict';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CapturedFile, SourceContext, StreamsCapture } from '../source.ts';
import { childrenNamed } from '../testing/children.ts';
import { keepCapture } from '../testing/kept-snapshot.ts';
import { startPostgres } from '../testing/postgres.ts';
import { createSampleDatabase, runSql } from '../testing/sample-database.ts';
import { testContext } from '../testing/source-contract.ts';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import type { Cluster } from './cluster/cluster.ts';
import { PostgresqlSource } from './source.ts';

/** Reads a capture to its end; `atFirstBytes` runs in the middle of the first file. */
async function readAll(source: PostgresqlSource, context: SourceContext, atFirstBytes?: () => Promise<void>) {
  const capture = await source.capture(context);
  assert.equal(capture.form, 'streams');
  const sizes = new Map<string, number>();
  for await (const file of (capture as StreamsCapture).files as AsyncIterable<CapturedFile>) {
    let size = 0;
    for await (const chunk of file.content) {
      if (sizes.size === 0 && size === 0) await atFirstBytes?.();
      size += chunk.length;
    }
    sizes.set(file.path, size);
  }
  return sizes;
}

const sessions = async (cluster: Cluster) =>
  Number(
    (
      await runSql(
        cluster,
        'postgres',
        "select count(*) as n from pg_stat_activity where application_name = 'octobox'",
      )
    )[0]?.n,
  );

/** An abandoned connection is noticed by the server a moment later. */
async function noSessionsLeft(cluster: Cluster): Promise<void> {
  const deadline = Date.now() + 15_000;
  while ((await sessions(cluster)) > 0) assert.ok(Date.now() < deadline, 'a session was left behind');
}

describe('a capture of PostgreSQL that goes wrong', () => {
  let cluster: Cluster;
  let folder: TemporaryFolder;
  let source: PostgresqlSource;

  before(async () => {
    cluster = await startPostgres();
    folder = await TemporaryFolder.create();
    await createSampleDatabase(cluster);
    // Larger than all the buffers on the way, so that the dump is still running when it is hurt.
    await runSql(
      cluster,
      'shop',
      'create table bulk as select i, repeat(md5(i::text), 30) as t from generate_series(1, 40000) i',
    );
    source = new PostgresqlSource({ location: cluster.location('shop'), password: cluster.password });
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  /** A folder of PostgreSQL programs in which `pg_dump` is a script. */
  async function withDumper(name: string, script: string, version = '15.18'): Promise<PostgresqlSource> {
    const programs = join(folder.path, name);
    await mkdir(programs);
    const answer = `if [ "$1" = --version ]; then echo "pg_dump (PostgreSQL) ${version}"; exit 0; fi`;
    await writeFile(join(programs, 'pg_dump'), `#!/bin/sh\n${answer}\n${script}\n`);
    await chmod(join(programs, 'pg_dump'), 0o755);
    await symlink(join(cluster.binaries.folder, 'pg_dumpall'), join(programs, 'pg_dumpall'));
    return new PostgresqlSource({
      location: cluster.location('shop'),
      password: cluster.password,
      binFolders: [programs],
    });
  }

  it('shows no password in the arguments of the dumper', async () => {
    let seen: string[] = [];
    await readAll(source, testContext(), async () => {
      seen = (await childrenNamed('pg_dump')).map((child) => child.arguments);
    });
    assert.equal(seen.length, 1);
    assert.ok(!seen[0]?.includes(cluster.password));
  });

  it('throws when the dumper is killed in the middle, and works again afterwards', async () => {
    const reading = readAll(source, testContext(), async () => {
      const [dumper] = await childrenNamed('pg_dump');
      assert.ok(dumper !== undefined);
      process.kill(dumper.pid, 'SIGKILL');
    });
    await assert.rejects(reading, { code: 'source.process-failed', signal: 'SIGKILL' });
    assert.deepEqual(await childrenNamed('pg_dump'), []);
    await noSessionsLeft(cluster);
    const sizes = await readAll(source, testContext());
    assert.deepEqual([...sizes.keys()], ['shop.dump', 'globals.sql', 'inventory.json']);
  });

  it('throws when its connections are cut', async () => {
    const reading = readAll(source, testContext(), async () => {
      await runSql(
        cluster,
        'postgres',
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'octobox'",
      );
    });
    await assert.rejects(reading, (error: Error) => 'code' in error);
    assert.deepEqual(await childrenNamed('pg_dump'), []);
  });

  it('throws when the dumper fails after some bytes', async () => {
    const failing = await withDumper('failing', 'printf PGDMPsome; echo "disk on fire" >&2; exit 3');
    await assert.rejects(readAll(failing, testContext()), { exitCode: 3, message: /disk on fire/ });
    await noSessionsLeft(cluster);
  });

  it('throws when the dumper ends well without a byte, or with something else than an archive', async () => {
    const silent = await withDumper('silent', 'exit 0');
    await assert.rejects(readAll(silent, testContext()), { code: 'source.capture-failed' });
    const chatty = await withDumper('chatty', 'echo "-- a plain script"; exit 0');
    await assert.rejects(readAll(chatty, testContext()), { code: 'source.capture-failed' });
    await noSessionsLeft(cluster);
  });

  it('stops a dumper that hangs when it is aborted', async () => {
    const hanging = await withDumper('hanging', 'printf PGDMP; exec sleep 600');
    const abort = new AbortController();
    const reading = readAll(hanging, testContext({ signal: abort.signal }), async () =>
      abort.abort(new Error('enough')),
    );
    await assert.rejects(reading, /enough/);
    assert.deepEqual(await childrenNamed('sleep'), []);
    await noSessionsLeft(cluster);
  });

  it('throws when a file of it is not read', async () => {
    const capture = await source.capture(testContext());
    assert.equal(capture.form, 'streams');
    await assert.rejects(async () => {
      for await (const _file of (capture as StreamsCapture).files);
    }, /not read to its end/);
    await noSessionsLeft(cluster);
  });

  it('finds an old or a missing pg_dump before the run, with advice', async () => {
    const old = await withDumper('old', 'exit 1', '12.9');
    const client = { code: 'source.client-too-old', advice: /postgresql-client-15/, message: /12\.9/ };
    await assert.rejects(old.preflight(testContext()), client);
    await assert.rejects(old.capture(testContext()), client);
    const none = new PostgresqlSource({
      location: cluster.location('shop'),
      password: cluster.password,
      binFolders: [join(folder.path, 'nothing')],
    });
    await assert.rejects(none.preflight(testContext()), { code: 'source.client-missing' });
  });

  it('says what is wrong with password, database, server and permissions', async () => {
    const at = (location: string, password: string) => new PostgresqlSource({ location, password });
    const preflight = async (broken: PostgresqlSource) => await broken.preflight(testContext());
    await assert.rejects(preflight(at(cluster.location('shop'), 'wrong')), { code: 'source.wrong-password' });
    await assert.rejects(preflight(at(cluster.location('shop'), '')), { code: 'source.wrong-password' });
    await assert.rejects(preflight(at(cluster.location('nothing'), cluster.password)), {
      code: 'source.missing',
    });
    const nobody = `postgres://postgres@127.0.0.1:1/shop`;
    await assert.rejects(preflight(at(nobody, 'x')), { code: 'source.unreachable', advice: /firewall/ });
    await runSql(
      cluster,
      'shop',
      "create role poor login password 'poor'; grant connect on database shop to poor",
    );
    const poor = cluster.location('shop').replace('postgres@', 'poor@');
    await assert.rejects(preflight(at(poor, 'poor')), { code: 'source.denied', message: /may not read/ });
  });

  it('works for a user who may only read, without the passwords of roles', async () => {
    await runSql(
      cluster,
      'shop',
      `create role backup login password 'backup' bypassrls; grant connect on database shop to backup;
       grant usage on schema sales to backup; grant select on all tables in schema sales, public to backup;
       grant select on all sequences in schema sales, public to backup`,
    );
    const reader = new PostgresqlSource({
      location: cluster.location('shop').replace('postgres@', 'backup@'),
      password: 'backup',
    });
    const preflight = async () => await reader.preflight(testContext());
    await assert.rejects(preflight, { code: 'source.denied', message: /12 large objects/ });
    const owned = await runSql(cluster, 'shop', 'select oid from pg_largeobject_metadata');
    for (const { oid } of owned.slice(1))
      await runSql(cluster, 'shop', `grant select on large object ${oid} to backup`);
    await assert.rejects(preflight, { message: /may not read 1 large object$/ });
    for (const { oid } of owned.slice(0, 1))
      await runSql(cluster, 'shop', `grant select on large object ${oid} to backup`);
    const { warnings } = await preflight();
    assert.ok(warnings.some((warning) => /passwords of roles/.test(warning)));
    const sizes = await readAll(reader, testContext());
    assert.ok((sizes.get('globals.sql') ?? 0) > 100);
  });

  it('is not alarmed by an old partition that is dropped, but by one that held most of the rows', async () => {
    const capture = await keepCapture(await source.capture(testContext()), join(folder.path, 'partitions'));
    await runSql(cluster, 'shop', 'drop table sales.orders_2026');
    assert.deepEqual((await source.probe(capture, testContext())).findings, []);
    await runSql(cluster, 'shop', 'drop table sales.orders_2025');
    const { findings } = await source.probe(capture, testContext());
    assert.deepEqual(
      findings.map(({ kind, object }) => [kind, object]),
      [['shrunk', 'table sales.orders']],
    );
    assert.match(findings[0]?.summary ?? '', /8,000 of 8,000 rows/);
    await runSql(cluster, 'shop', 'drop schema sales cascade');
    const more = (await source.probe(capture, testContext())).findings.map(
      ({ kind, object }) => `${kind} ${object}`,
    );
    assert.ok(more.includes('missing schema sales') && more.includes('missing table sales.customers'));
  });

  // Last, because the server does not come back from it.
  it('throws when the server is killed in the middle', async () => {
    const { pid } = cluster;
    assert.ok(pid !== undefined);
    const reading = readAll(source, testContext(), async () => void process.kill(pid, 'SIGKILL'));
    await assert.rejects(reading, (error: Error) => 'code' in error && /^source\./.test(String(error.code)));
    const report = await source.probe(undefined, testContext());
    assert.deepEqual([report.reachable, report.findings[0]?.kind], [false, 'unreachable']);
  });
});
