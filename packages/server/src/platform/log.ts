import { pino } from 'pino';
import { withoutSecrets } from './redaction.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** The platform's own log, for operators. A run's log for its reader is kept with its job instead. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const secretFields = ['password', 'secret', 'token', 'authorization', 'cookie', 'connectionString', 'key'];

/** JSON lines on `destination` (standard error by default), secrets blotted out. */
export function createLog(options: { level: LogLevel; destination?: { write(line: string): unknown } }): Log {
  const destination = options.destination ?? process.stderr;
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '***',
      },
    },
    { write: (line: string) => void destination.write(withoutSecrets(line)) },
  );
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
