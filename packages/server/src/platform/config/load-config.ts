import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { checkLocation } from '@octobox/storage/locations';
import { ConfigError } from '../errors.ts';
import type { LogLevel } from '../log.ts';
import { type Config, type OffSiteSettings, type Role, shortestSharedLeaseSeconds } from './config.ts';
import { type ConfigFile, parseConfigFile } from './config-file.ts';
import { besidePort, parseConsoleUrl, withinReach } from './console-settings.ts';
import { databaseFile, databaseFromFile, databaseFromUrl } from './database-settings.ts';
import { type MailSettings, mailTlsFor, parseSender, usualMailPort } from './mail-settings.ts';
import { type OidcSettings, parseIssuer } from './oidc-settings.ts';
import { tlsFilesOf } from './tls-settings.ts';
import { utf8Text } from './utf8-text.ts';
import { vaultKeyCommand } from './vault-settings.ts';
import type { Locate } from './yaml-text.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadConfigOptions {
  readonly env: Environment;
  /** Read when it is given; default: OCTOBOX_CONFIG, else `octobox.yaml` in the data folder if there is one. */
  readonly configFile?: string;
  /** Beats OCTOBOX_DATA. */
  readonly dataFolder?: string;
}

type Pick = <T>(
  variable: string | undefined,
  path: string[],
  fromFile: string | undefined,
  parse: (value: string) => T,
) => T | undefined;

/** The only place that reads the environment: environment and file become one typed configuration. */
export function loadConfig(options: LoadConfigOptions): Config {
  const { env } = options;
  const dataFolder = resolve(options.dataFolder ?? given(env.OCTOBOX_DATA) ?? defaultDataFolder(env));
  const named = options.configFile ?? given(env.OCTOBOX_CONFIG);
  const file = resolve(named ?? join(dataFolder, 'octobox.yaml'));
  const text = readText(file, named !== undefined);
  return configFrom({ env, dataFolder, file: text === undefined ? undefined : { path: file, text } });
}

/** Pure: the configuration that follows from an environment and the text of a file. */
export function configFrom(input: {
  env: Environment;
  dataFolder: string;
  file: { path: string; text: string } | undefined;
}): Config {
  const { env, dataFolder, file } = input;
  const none = {
    settings: {} as ConfigFile,
    locate: (() => ({ file: 'octobox.yaml', line: 1, column: 1 })) as Locate,
  };
  const { settings, locate } = file === undefined ? none : parseConfigFile(file.text, file.path);

  /** The environment's value, else the file's, parsed; an error names where the value stands. */
  const pick: Pick = (variable, path, fromFile, parse) => {
    const fromEnv = variable === undefined ? undefined : given(env[variable]);
    const value = fromEnv ?? fromFile;
    if (value === undefined) return undefined;
    try {
      return parse(value);
    } catch (error) {
      const where = fromEnv === undefined ? locate(path) : { file: `environment variable ${variable}` };
      throw new ConfigError(where, `"${path.join('.')}": ${(error as Error).message}`, {
        cause: error,
        advice:
          (error as { advice?: string }).advice ?? 'Correct the value, or remove it to use the default.',
      });
    }
  };
  // "s3:…", "sftp:…" and their like are no paths of this machine.
  const inData = (path: string): string =>
    isAbsolute(path) || /^[a-z][a-z0-9+.-]+:/i.test(path) ? path : join(dataFolder, path);

  const repositoryIn = (location: string): string => {
    const full = inData(location);
    checkLocation(full);
    return full;
  };

  const inDataIfGiven = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : inData(path);

  const passwordFile = inDataIfGiven(settings.database?.passwordFile);
  const parseDatabase = given(env.DATABASE_URL) === undefined ? databaseFromFile : databaseFromUrl;
  const keep = settings.retention ?? {};
  const listen = pick('OCTOBOX_LISTEN', ['listen'], settings.listen?.toString(), parseListen) ?? {
    host: '127.0.0.1',
    port: 8420,
  };
  const consoleUrl = pick('OCTOBOX_CONSOLE_URL', ['console', 'url'], settings.console?.url, parseConsoleUrl);
  const publicUrl = pick('OCTOBOX_PUBLIC_URL', ['publicUrl'], settings.publicUrl, parsePublicUrl);
  const parseConsoleListen = (text: string) => withinReach(parseListen(text), consoleUrl);
  const database = pick('DATABASE_URL', ['database', 'location'], settings.database?.location, (text) =>
    parseDatabase(text, passwordFile),
  ) ?? { kind: 'sqlite', file: databaseFile(dataFolder) };
  return {
    dataFolder,
    configFile: file?.path,
    database,
    role: pick('OCTOBOX_ROLE', ['role'], settings.role, parseRole) ?? 'all',
    listen,
    console: {
      listen: pick(
        'OCTOBOX_CONSOLE_LISTEN',
        ['console', 'listen'],
        settings.console?.listen?.toString(),
        parseConsoleListen,
      ) ?? { host: '127.0.0.1', port: besidePort(listen.port) },
      url: consoleUrl,
      allowFrom: settings.console?.allowFrom,
      trustedProxies: settings.console?.trustedProxies ?? [],
    },
    publicUrl,
    tls: tlsFrom(settings, publicUrl, pick, inData),
    repository: {
      location:
        pick('RESTIC_REPOSITORY', ['repository', 'location'], settings.repository?.location, repositoryIn) ??
        join(dataFolder, 'repository'),
      passwordFile: inData(
        given(env.RESTIC_PASSWORD_FILE) ?? settings.repository?.passwordFile ?? 'repository-password',
      ),
      ownPassword:
        given(env.RESTIC_PASSWORD_FILE) === undefined && settings.repository?.passwordFile === undefined,
      layers:
        pick('OCTOBOX_LAYERS', ['repository', 'layers'], settings.repository?.layers, parseLayers) ?? 'all',
      layerKeys: inData(given(env.OCTOBOX_LAYER_KEYS) ?? settings.repository?.layerKeys ?? 'layer-keys'),
      agePassphraseFile: inDataIfGiven(
        given(env.OCTOBOX_AGE_PASSPHRASE_FILE) ?? settings.repository?.agePassphraseFile,
      ),
      environment: env,
      options: new Map(Object.entries(settings.repository?.options ?? {})),
      certificateFile: inDataIfGiven(given(env.RESTIC_CACERT) ?? settings.repository?.certificateFile),
    },
    signIn: { oidc: oidcFrom(settings, pick, inData) },
    audit:
      settings.audit === undefined
        ? undefined
        : { keepSeconds: settings.audit.keep, hold: settings.audit.hold ?? [] },
    vault: {
      keyCommand: vaultKeyCommand(settings.vault?.keyCommand, env, inData),
      formerKeyCommand: vaultKeyCommand(settings.vault?.formerKeyCommand, env, inData),
    },
    mail: mailFrom(settings, pick, inDataIfGiven),
    place: settings.repository?.place,
    offsite: offSiteFrom(settings, env, pick, { inData, repositoryIn }),
    log: { level: pick('OCTOBOX_LOG_LEVEL', ['log', 'level'], settings.log?.level, parseLevel) ?? 'info' },
    retention: {
      keepLast: keep.keepLast ?? 3,
      keepHourly: keep.keepHourly ?? 48,
      keepDaily: keep.keepDaily ?? 14,
      keepWeekly: keep.keepWeekly ?? 8,
      keepMonthly: keep.keepMonthly ?? 12,
      keepYearly: keep.keepYearly ?? 3,
    },
    network: { allow: settings.network?.allow ?? [], deny: settings.network?.deny ?? [] },
    api: {
      requestsPerSecond: settings.api?.requestsPerSecond ?? 100,
      burst: settings.api?.burst ?? 1_000,
    },
    page: { title: given(env.OCTOBOX_PAGE_TITLE) ?? settings.page?.title ?? 'Status' },
    monitoring: { intervalSeconds: settings.monitoring?.interval ?? 60 },
    schedules: { graceSeconds: settings.schedules?.grace ?? 60 },
    jobs: {
      leaseSeconds:
        pick(undefined, ['jobs', 'lease'], settings.jobs?.lease?.toString(), (text) =>
          leaseOf(Number(text), database),
        ) ?? 30,
    },
  };
}

function leaseOf(seconds: number, { kind }: Config['database']): number {
  if (kind === 'sqlite' || seconds >= shortestSharedLeaseSeconds) return seconds;
  throw new Error(`on PostgreSQL the shortest lease is ${shortestSharedLeaseSeconds}s`);
}

function tlsFrom(
  { tls }: ConfigFile,
  publicUrl: string | undefined,
  pick: Pick,
  inData: (path: string) => string,
): Config['tls'] {
  if (tls === undefined) return undefined;
  const files = pick(undefined, ['tls'], '', () => tlsFilesOf(tls, publicUrl, inData));
  if (files === undefined) return undefined;
  const redirectFrom = pick(undefined, ['tls', 'redirectFrom'], tls.redirectFrom?.toString(), (text) =>
    redirecting(parseListen(text), publicUrl),
  );
  return { ...files, redirectFrom };
}

function mailFrom(
  { mail }: ConfigFile,
  pick: Pick,
  inData: (path: string | undefined) => string | undefined,
): MailSettings | undefined {
  if (mail === undefined) return undefined;
  const tls =
    pick(undefined, ['mail', 'tls'], mail.tls ?? 'starttls', () =>
      mailTlsFor(mail.tls ?? 'starttls', mail.server),
    ) ?? 'starttls';
  const together = (): string => {
    if (mail.passwordFile !== undefined && mail.user !== undefined) return mail.user;
    throw new Error('a user needs a password, and a password a user: "mail.user" and "mail.passwordFile"');
  };
  return {
    host: mail.server,
    port: mail.port ?? usualMailPort(tls),
    tls,
    certificateFile: inData(mail.certificateFile),
    user: pick(undefined, ['mail', 'user'], mail.user ?? mail.passwordFile, together),
    passwordFile: inData(mail.passwordFile),
    from: pick(undefined, ['mail', 'from'], mail.from, parseSender) ?? parseSender(mail.from),
  };
}

function oidcFrom(
  { signIn }: ConfigFile,
  pick: Pick,
  inData: (path: string) => string,
): OidcSettings | undefined {
  const oidc = signIn?.oidc;
  if (oidc === undefined) return undefined;
  return {
    issuer: pick(undefined, ['signIn', 'oidc', 'issuer'], oidc.issuer, parseIssuer) ?? oidc.issuer,
    clientId: oidc.clientId,
    clientSecretFile: inData(oidc.clientSecretFile),
    name: oidc.name ?? 'the account of your company',
    allowedDomains: oidc.allowedDomains?.map((domain) => domain.toLowerCase()),
    required: oidc.required ?? false,
  };
}

const offSiteFrom = (
  settings: ConfigFile,
  env: Environment,
  pick: Pick,
  { inData, repositoryIn }: Record<'inData' | 'repositoryIn', (path: string) => string>,
): OffSiteSettings[] =>
  Object.entries(settings.offsite ?? {}).map(([name, own]) => ({
    name,
    location:
      pick(undefined, ['offsite', name, 'location'], own.location, repositoryIn) ??
      repositoryIn(own.location),
    place: own.place,
    layers: own.layers ?? 'all',
    layerKeys: inData(own.layerKeys ?? `offsite/${name}-layer-keys`),
    agePassphraseFile: own.agePassphraseFile === undefined ? undefined : inData(own.agePassphraseFile),
    environment: env,
    environmentFile: own.environmentFile === undefined ? undefined : inData(own.environmentFile),
    options: new Map(Object.entries(own.options ?? {})),
    certificateFile: own.certificateFile === undefined ? undefined : inData(own.certificateFile),
    keepDeletedSeconds: own.keepDeleted,
    retainSeconds: own.retain,
    maxAgeSeconds: own.maxAge,
    limitUpload: own.limitUpload,
    limitDownload: own.limitDownload,
    verify: own.verify ?? false,
  }));

const given = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

function defaultDataFolder(env: Environment): string {
  if (process.getuid?.() === 0) return '/var/lib/octobox';
  const home = given(env.HOME) ?? homedir();
  return join(given(env.XDG_DATA_HOME) ?? join(home, '.local', 'share'), 'octobox');
}

function readText(file: string, required: boolean): string | undefined {
  try {
    return utf8Text(readFileSync(file), file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (!required && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
    throw new ConfigError({ file }, `cannot be read: ${(error as Error).message}`, {
      cause: error,
      advice: 'Name a file that exists and that this user may read.',
    });
  }
}

export function parseListen(text: string): { host: string; port: number } {
  const match = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new Error(`expected host:port, for example 127.0.0.1:8420, not "${text}"`);
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port };
}

/** The same address, when it is known where to send people. */
function redirecting<T>(from: T, publicUrl: string | undefined): T {
  if (publicUrl?.startsWith('https:') === true) return from;
  throw new Error('say with "publicUrl" where people are sent: https://status.example.com');
}

function parsePublicUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new Error('expected an address such as https://status.example.com');
  }
  return url.href.replace(/\/+$/, '');
}

function parseLayers(text: string): 'all' | 'none' {
  if (text !== 'all' && text !== 'none') throw new Error(`expected all or none, not "${text}"`);
  return text;
}

function parseRole(text: string): Role {
  if (text !== 'all' && text !== 'web' && text !== 'worker')
    throw new Error(`expected all, web or worker, not "${text}"`);
  return text;
}

const levels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function parseLevel(text: string): LogLevel {
  if (!levels.includes(text)) throw new Error(`expected one of ${levels.join(', ')}`);
  return text as LogLevel;
}
