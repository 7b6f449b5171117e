/** Stable names of what can go wrong in the platform; scripts and tests may rely on them. */
export type ServerErrorCode =
  | 'server.certificate-refused'
  | 'server.address-refused'
  | 'server.config'
  | 'server.port-in-use'
  | 'server.database-busy'
  | 'server.database-damaged'
  | 'server.database-denied'
  | 'server.database-newer'
  | 'server.database-unreachable'
  | 'server.database-unusable'
  | 'server.forbidden'
  | 'server.mail-expired'
  | 'server.mail-not-configured'
  | 'server.mail-refused'
  | 'server.mail-unsent'
  | 'server.no-grant'
  | 'server.too-many-openings'
  | 'server.not-found'
  | 'server.plan-outdated'
  | 'server.proof-needed'
  | 'server.invalid'
  | 'server.job-failed'
  | 'server.job-cancelled'
  | 'server.job-interrupted'
  | 'server.backup-refused'
  | 'server.drill-failed'
  | 'server.restore-failed'
  | 'server.repository'
  | 'server.repository-slow'
  | 'server.schedule'
  | 'server.sign-in-busy'
  | 'server.time-over'
  | 'server.under-way'
  | 'server.vault-damaged'
  | 'server.vault-wrong-key'
  | 'server.vault-key-missing'
  | 'server.vault-key-exposed'
  | 'server.vault-key-unusable'
  | 'server.vault-key-refused'
  | 'server.vault-key-unreachable'
  | 'server.vault-key-replaced'
  | 'server.vault-key-current';

/** Base of every error of the server: a stable code, and what the user can do about it. */
export class ServerError extends Error {
  readonly code: ServerErrorCode;
  /** What the user can do, one sentence. */
  readonly advice: string | undefined;

  constructor(
    code: ServerErrorCode,
    message: string,
    options: { cause?: unknown; advice?: string | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.advice = options.advice;
  }
}

/** The configuration cannot be used. `line` and `column` count from 1 and are absent for environment values. */
export class ConfigError extends ServerError {
  /** The file, or the name of the environment variable. */
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(
    where: { file: string; line?: number | undefined; column?: number | undefined },
    message: string,
    options: { cause?: unknown; advice?: string } = {},
  ) {
    const place = where.line === undefined ? where.file : `${where.file}:${where.line}:${where.column ?? 1}`;
    super('server.config', `${place}: ${message}`, options);
    this.file = where.file;
    this.line = where.line;
    this.column = where.column;
  }
}

export class PortInUseError extends ServerError {
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, options: { cause?: unknown; advice?: string } = {}) {
    super('server.port-in-use', `another program listens on ${host}:${port} already`, {
      advice: `Stop that program, or choose another address, e.g. --listen ${host}:${port + 1}; OCTOBOX_LISTEN and "listen" in octobox.yaml set it as well.`,
      ...options,
    });
    this.host = host;
    this.port = port;
  }
}

export class DatabaseDamagedError extends ServerError {
  readonly file: string;
  constructor(file: string, detail: string, options: { cause?: unknown } = {}) {
    super('server.database-damaged', `the database ${file} is damaged: ${detail}`, {
      ...options,
      advice: `Move ${file} aside (keep it) and put the last good copy in its place; backups themselves lie in the repository and are not affected.`,
    });
    this.file = file;
  }
}

export class NotFoundError extends ServerError {
  constructor(what: string, options: { advice?: string } = {}) {
    super('server.not-found', `there is no ${what}`, options);
  }
}

export class InvalidError extends ServerError {
  /** The field that was refused. */
  readonly field: string;
  constructor(field: string, message: string, options: { cause?: unknown; advice?: string } = {}) {
    super('server.invalid', `${field}: ${message}`, options);
    this.field = field;
  }
}
