import type { Log, LogLevel } from '@octobox/server';
import type { Output } from '../output/output.ts';
import { localTime } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';

const levels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** The platform's log for a person who looks at it; in a pipe it is JSON lines instead. */
export function terminalLog(out: Output, level: LogLevel): Log {
  const line =
    (of: LogLevel) =>
    (fields: object, message: string): void => {
      if (levels.indexOf(of) < levels.indexOf(level)) return;
      const details = Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`);
      const time = localTime(new Date().toISOString()).slice(-8);
      out.say(printable([time, ...(of === 'info' ? [] : [of]), message, ...details].join('  ')));
    };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}
