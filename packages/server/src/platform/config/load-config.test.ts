import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { ConfigError } from '../errors.ts';
import { configFrom, loadConfig, parseListen } from './load-config.ts';

const from = (text: string, env: Record<string, string> = {}) =>
  configFrom({ env, dataFolder: '/data', file: { path: '/data/octobox.yaml', text } });

const refusal = (text: string, env: Record<string, string> = {}): ConfigError => {
  try {
    from(text, env);
  } catch (error) {
    assert(error instanceof ConfigError);
    return error;
  }
  throw new assert.AssertionError({ message: 'the configuration was accepted' });
};

describe('configuration', () => {
  it('has a default for everything', () => {
    const config = configFrom({ env: {}, dataFolder: '/data', file: undefined });
    assert.deepEqual(config.listen, { host: '127.0.0.1', port: 8420 });
    assert.equal(config.repository.location, '/data/repository');
    assert.equal(config.repository.passwordFile, '/data/repository-password');
    assert.equal(config.repository.ownPassword, true);
    assert.equal(config.monitoring.intervalSeconds, 60);
  });

  it('reads the file, and the environment beats it', () => {
    const text =
      'listen: 0.0.0.0:9000\nrepository:\n  location: /backup\npage: { title: Shop }\nmonitoring:\n  interval: 90s\n';
    const config = from(text, { OCTOBOX_LISTEN: '[::1]:1', RESTIC_PASSWORD_FILE: '/p' });
    assert.deepEqual(config.listen, { host: '::1', port: 1 });
    assert.equal(config.repository.location, '/backup');
    assert.equal(config.repository.passwordFile, '/p');
    assert.equal(config.repository.ownPassword, false);
    assert.equal(config.page.title, 'Shop');
    assert.equal(config.monitoring.intervalSeconds, 90);
  });

  it('names what was mistyped, and what is missing', () => {
    const mistyped = refusal('offsite:\n  paris:\n    locatoin: /copy\n');
    const list = refusal('offsite:\n  - location: x\n');
    assert.match(
      list.message,
      /:2:3: "offsite": expected names with their settings \("name: …"\), not a list/,
    );
    assert.match(mistyped.message, /:3:5: unknown setting "offsite\.paris\.locatoin"/);
    assert.match(
      refusal('offsite:\n  paris:\n    place: x\n').message,
      /"offsite\.paris\.location": it is missing/,
    );
  });

  it('serves by TLS with the two files, and sends others to an address that it knows', () => {
    const tls = (more: string, publicUrl = '') =>
      `${publicUrl}tls:\n  certificateFile: chain.pem\n  keyFile: /etc/key.pem\n${more}`;
    assert.deepEqual(from(tls('')).tls, {
      certificate: { certificate: '/data/chain.pem', key: '/etc/key.pem' },
      acme: undefined,
      redirectFrom: undefined,
    });
    const known = from(tls('  redirectFrom: 0.0.0.0:80\n', 'publicUrl: https://status.example.com\n'));
    assert.deepEqual(known.tls?.redirectFrom, { host: '0.0.0.0', port: 80 });
    const unknown = refusal(tls('  redirectFrom: 0.0.0.0:80\n'));
    assert.deepEqual([unknown.line, unknown.column], [4, 17]);
    assert.match(unknown.message, /publicUrl/);
    assert.match(refusal('tls: { certificateFile: a }').message, /keyFile/);
  });

  it('gets a certificate for the names that it is told, or for that of the page', () => {
    const acme = (more: string, beside = 'redirectFrom: 80') =>
      `publicUrl: https://status.example.com/shop\ntls:\n  acme: { agreeToTerms: true${more} }\n  ${beside}\n`;
    assert.deepEqual(from(acme('')).tls, {
      certificate: { certificate: '/data/acme/current/certificate.pem', key: '/data/acme/current/key.pem' },
      acme: {
        directory: 'https://acme-v02.api.letsencrypt.org/directory',
        email: undefined,
        domains: ['status.example.com'],
        certificateFile: undefined,
        folder: '/data/acme',
      },
      redirectFrom: { host: '127.0.0.1', port: 80 },
    });
    const told = from(acme(', domains: [a.example, b.example], email: o@a.example')).tls?.acme;
    assert.deepEqual([told?.domains, told?.email], [['a.example', 'b.example'], 'o@a.example']);
    assert.match(refusal('tls: { acme: {} }').message, /agreeToTerms/);
    assert.match(refusal(acme('', 'keyFile: key.pem')).message, /not both/);
    assert.match(refusal(acme('', '')).message, /port 80/);
    assert.match(refusal('tls: { acme: { agreeToTerms: true }, redirectFrom: 80 }').message, /acme.domains/);
    assert.match(refusal(acme(', directory: http://ca.example/dir')).message, /directory/);
    assert.match(refusal(acme(', domains: ["a b"]')).message, /domains/);
  });

  it('hands mails to a server by TLS, and without it to one of this machine alone', () => {
    const mail = (more: string) =>
      from(`mail: { server: smtp.example.com, from: o@example.com${more} }\n`).mail;
    const plain = mail('');
    assert.deepEqual([plain?.host, plain?.port, plain?.tls], ['smtp.example.com', 587, 'starttls']);
    assert.deepEqual(plain?.from, { name: undefined, address: 'o@example.com' });
    const signedIn = mail(', tls: implicit, user: octobox, passwordFile: mail-password');
    assert.deepEqual([signedIn?.port, signedIn?.passwordFile], [465, '/data/mail-password']);
    const here = from('mail: { server: 127.0.0.1, tls: none, from: "Octobox <o@example.com>" }\n').mail;
    assert.deepEqual([here?.port, here?.from], [25, { name: 'Octobox', address: 'o@example.com' }]);
    const wrong = (more: string) =>
      refusal(`mail:\n  server: smtp.example.com\n  from: o@example.com\n${more}`);
    assert.deepEqual([wrong('  tls: none\n').line, wrong('  user: octobox\n').line], [4, 4]);
    assert.match(wrong('  tls: none\n').message, /travel over TLS/);
    assert.match(wrong('  passwordFile: a\n').message, /"mail\.user": a user needs a password/);
    assert.match(wrong('  password: canary\n').message, /unknown setting "mail\.password"/);
    assert.match(refusal('mail: { server: "a b", from: o@example.com }').message, /name the mail server/);
    assert.match(
      refusal('mail: { server: a, from: "o@example.com, eve@example.com" }').message,
      /mail\.from/,
    );
  });

  it('lets members sign in at an identity provider, by TLS or on this machine', () => {
    const oidc = (issuer: string, more = '') =>
      `signIn:\n  oidc:\n    clientId: octobox\n    clientSecretFile: s\n    issuer: ${issuer}\n${more}`;
    const given = from(oidc('https://login.example.com', '    allowedDomains: [Example.com]\n')).signIn.oidc;
    assert.deepEqual(
      [given?.clientSecretFile, given?.allowedDomains, given?.required],
      ['/data/s', ['example.com'], false],
    );
    assert.equal(from(oidc('http://127.0.0.1:9000')).signIn.oidc?.issuer, 'http://127.0.0.1:9000');
    const wrong = refusal(oidc('http://login.example.com'));
    assert.deepEqual([wrong.line, wrong.column], [5, 13]);
    assert.match(wrong.message, /travel over TLS/);
    assert.match(refusal(oidc('https://a.example', '    clientSecret: canary\n')).message, /unknown setting/);
  });

  it('names the proxy that is none', () => {
    assert.deepEqual(from('console: { trustedProxies: [127.0.0.1, "fd00::/8"] }').console.trustedProxies, [
      '127.0.0.1',
      'fd00::/8',
    ]);
    const wrong = refusal('console:\n  trustedProxies:\n    - 127.0.0.1\n    - proxy\n');
    assert.deepEqual([wrong.line, wrong.column], [4, 7]);
    assert.match(wrong.message, /not "proxy"/);
  });

  it('is told what a process does', () => {
    assert.equal(from('').role, 'all');
    assert.equal(from('role: worker').role, 'worker');
    assert.equal(from('role: worker', { OCTOBOX_ROLE: 'web' }).role, 'web');
    assert.match(refusal('role: master').message, /"role"/);
    assert.match(refusal('', { OCTOBOX_ROLE: 'master' }).message, /OCTOBOX_ROLE.*all, web or worker/);
  });

  it('takes passwords in the clear from nowhere but this machine', () => {
    const console = (text: string, env: Record<string, string> = {}) => from(text, env).console;
    assert.deepEqual(console(''), {
      listen: { host: '127.0.0.1', port: 8430 },
      url: undefined,
      allowFrom: undefined,
      trustedProxies: [],
    });
    assert.equal(console('listen: 127.0.0.1:0').listen.port, 0);
    assert.equal(console('listen: 127.0.0.1:65530').listen.port, 65_520);
    assert.deepEqual(console('console: { listen: "[::1]:9" }').listen, { host: '::1', port: 9 });
    const url = 'https://octobox.example.com';
    assert.deepEqual(console(`console: { listen: 0.0.0.0:9, url: "${url}/" }`), {
      listen: { host: '0.0.0.0', port: 9 },
      url,
      allowFrom: undefined,
      trustedProxies: [],
    });
    const open = refusal('console:\n  listen: 0.0.0.0:9\n');
    assert.deepEqual([open.line, open.column], [2, 11]);
    assert.match(open.message, /console\.url/);
    for (const bad of [
      'http://octobox.example.com',
      'https://x.example/y',
      'octobox',
      'https://a:b@x.example',
    ]) {
      assert.match(refusal('', { OCTOBOX_CONSOLE_URL: bad }).message, /OCTOBOX_CONSOLE_URL: .*expected/, bad);
    }
    assert.equal(console('', { OCTOBOX_CONSOLE_URL: 'http://localhost:9000' }).url, 'http://localhost:9000');
  });

  it('takes a remote repository with what its storage is told, and credentials from the environment', () => {
    const text =
      'repository:\n  location: s3:https://s3.example/backups\n  options: { s3.region: fr-par, s3.retain-days: 30 }\n  certificateFile: ca.pem\n';
    const { repository } = from(text, { AWS_PROFILE: 'shop' });
    assert.equal(repository.location, 's3:https://s3.example/backups');
    assert.deepEqual(
      [...repository.options],
      [
        ['s3.region', 'fr-par'],
        ['s3.retain-days', '30'],
      ],
    );
    assert.match(repository.certificateFile ?? '', /^\/.*\/ca\.pem$/);
    assert.equal(repository.environment.AWS_PROFILE, 'shop');
    assert.equal(from(text, { RESTIC_CACERT: '/other.pem' }).repository.certificateFile, '/other.pem');
  });

  it('takes PostgreSQL by DATABASE_URL or by the file, and shows its password nowhere', () => {
    assert.deepEqual(from('').database, { kind: 'sqlite', file: '/data/octobox.db' });
    const url = 'postgres://octo:s%40crt@db.internal:5433/octobox?sslmode=verify-full';
    const text = 'database: { location: postgres://other@elsewhere/x, passwordFile: password }\n';
    const { database } = from(text, { DATABASE_URL: url });
    assert(database.kind === 'postgresql');
    const { host, port, user, sslmode } = database.location;
    assert.deepEqual([host, port, user, sslmode], ['db.internal', 5433, 'octo', 'verify-full']);
    assert.equal(database.password?.reveal(), 's@crt');
    const shown = `${inspect(database, { depth: 9 })} ${JSON.stringify(database)} ${database.password}`;
    assert.doesNotMatch(shown, /s@crt|s%40crt/);

    const named = from(text).database;
    assert(named.kind === 'postgresql');
    assert.equal(named.location.host, 'elsewhere');
    assert.equal(named.password, undefined);
    assert.equal(named.passwordFile, '/data/password');
  });

  it('refuses a database that it cannot use, without showing the password', () => {
    const inFile = refusal('database:\n  location: postgres://octo:hunter2@db/octobox\n');
    assert.deepEqual([inFile.line, inFile.column], [2, 13]);
    assert.match(inFile.message, /passwordFile/);
    const other = refusal('', { DATABASE_URL: 'mysql://shop:hunter2@db/shop' });
    assert.match(other.message, /environment variable DATABASE_URL: .*not a PostgreSQL/i);
    const strange = refusal('', { DATABASE_URL: 'postgres://shop:hunter2@db/shop?schema=public' });
    assert.match(strange.message, /parameter schema is not known/);
    for (const error of [inFile, other, strange]) assert.doesNotMatch(inspect(error), /hunter2/);
  });

  it('names line and column of an unknown setting, and the known ones', () => {
    const error = refusal('listen: 127.0.0.1:1\nretention:\n  keepHourly: 3\n  keepMinutely: 7\n');
    assert.equal(error.line, 4);
    assert.equal(error.column, 3);
    assert.match(error.message, /octobox\.yaml:4:3: unknown setting "retention\.keepMinutely"/);
    assert.match(error.advice ?? '', /keepHourly/);
  });

  it('names line and column of a wrong value', () => {
    const error = refusal('page:\n  title: x\nmonitoring:\n  interval: soon\n');
    assert.deepEqual([error.line, error.column], [4, 13]);
    assert.match(error.message, /60s, 15m or 1h/);
  });

  it('refuses a repository of a kind that there is not, and one that cannot be read, before anything is started', () => {
    const primary = refusal('page: { title: x }\nrepository:\n  location: rclone:remote:shop\n');
    assert.deepEqual([primary.line, primary.column], [3, 13]);
    assert.match(primary.message, /"repository\.location": no kind of storage is called "rclone:"/);
    assert.match(primary.advice ?? '', /s3:https/);
    const copy = refusal('offsite:\n  paris:\n    place: x\n    location: ftp://u:canary@host/x\n');
    assert.deepEqual([copy.line, copy.column], [4, 15]);
    assert.match(copy.message, /"offsite\.paris\.location": .*"ftp:"/);
    assert.doesNotMatch(inspect(copy), /canary/);
    for (const location of ['sftp:host', 's3:https://host', 'rest:host', 'S3:https://host/bucket', '""']) {
      assert.equal(refusal(`repository:\n  location: ${location}\n`).line, 2, location);
      assert.equal(refusal(`offsite:\n  a:\n    location: ${location}\n`).line, 3, location);
    }
    const variable = refusal('', { RESTIC_REPOSITORY: 'azure:shop:/' });
    assert.match(variable.message, /environment variable RESTIC_REPOSITORY: .*"azure:"/);
    const known = from('offsite:\n  a: { location: "sftp:u@host:/x" }\n  b: { location: copies }\n');
    assert.deepEqual(
      known.offsite.map(({ location }) => location),
      ['sftp:u@host:/x', '/data/copies'],
    );
  });

  it('looks at the sources each second at most', () => {
    const often = refusal('monitoring:\n  interval: 0.5\n');
    assert.deepEqual([often.line, often.column], [2, 13]);
    assert.match(often.message, /"monitoring\.interval": the shortest interval is 1s/);
    for (const interval of ['1', '1s'])
      assert.equal(from(`monitoring: { interval: ${interval} }`).monitoring.intervalSeconds, 1);
  });

  it('refuses a lease that is too short for the queue on PostgreSQL', () => {
    const text = 'jobs:\n  lease: 9s\n';
    assert.equal(from(text).jobs.leaseSeconds, 9);
    const shared = refusal(text, { DATABASE_URL: 'postgresql://octobox@127.0.0.1/octobox' });
    assert.deepEqual([shared.line, shared.column], [2, 10]);
    assert.match(shared.message, /"jobs\.lease": on PostgreSQL the shortest lease is 10s/);
  });

  it('names line and column where the YAML is damaged', () => {
    const error = refusal('listen: 127.0.0.1:1\npage:\n  title: "never closed\n');
    assert.equal(error.code, 'server.config');
    assert.equal(error.line, 4);
    assert.match(error.message, /not valid YAML/);
    assert.ok(error.advice);
  });

  it('says which environment variable is wrong', () => {
    const error = refusal('', { OCTOBOX_LISTEN: 'everywhere' });
    assert.equal(error.line, undefined);
    assert.match(error.message, /environment variable OCTOBOX_LISTEN: .*host:port/);
  });

  it('refuses a list where settings belong', () => {
    assert.match(refusal('- a\n- b\n').message, /octobox\.yaml:1:1/);
  });

  it('takes an empty file as no settings', () => {
    assert.equal(from('').listen.port, 8420);
    assert.equal(from('# only a remark\n').listen.port, 8420);
  });

  it('finds the file in the data folder, and misses a named one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'octobox-config-'));
    try {
      assert.equal(loadConfig({ env: {}, dataFolder: folder }).configFile, undefined);
      await writeFile(join(folder, 'octobox.yaml'), 'listen: 7\n');
      assert.equal(loadConfig({ env: { OCTOBOX_DATA: folder } }).listen.port, 7);
      assert.throws(() => loadConfig({ env: {}, configFile: join(folder, 'other.yaml') }), ConfigError);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('reads addresses with and without a host', () => {
    assert.deepEqual(parseListen('8420'), { host: '127.0.0.1', port: 8420 });
    assert.deepEqual(parseListen('status.example:80'), { host: 'status.example', port: 80 });
    for (const wrong of ['', ':', 'a:b', '1.2.3.4:70000', '::1:80']) assert.throws(() => parseListen(wrong));
  });
});
