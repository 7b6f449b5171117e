import type { LogLevel } from '../log.ts';

/** Everything that is set before the platform starts; read once, never changed. */
export interface Config {
  /** Absolute; mode 0700 once it is made. */
  readonly dataFolder: string;
  /** The file that was read; absent when there is none. */
  readonly configFile: string | undefined;
  readonly listen: { readonly host: string; readonly port: number };
  /** Where people reach the public page, without a slash at its end; absent: the address listened on. */
  readonly publicUrl: string | undefined;
  readonly repository: {
    readonly location: string;
    readonly passwordFile: string;
    /** Nobody named a password file: the one in the data folder may be made. */
    readonly ownPassword: boolean;
    /** Layers of encryption around a repository that is made from now on; one that exists stays as it is. */
    readonly layers: 'all' | 'none';
    /** The folder with the keys of the layers. */
    readonly layerKeys: string;
    /** Variables that may hold the credentials of a remote storage, as the process was given them. */
    readonly environment: Readonly<Record<string, string | undefined>>;
  };
  readonly log: { readonly level: LogLevel };
  readonly retention: Retention;
  readonly page: { readonly title: string };
  readonly monitoring: { readonly intervalSeconds: number };
  readonly schedules: {
    /** A run that starts later than this is a late run. */ readonly graceSeconds: number;
  };
  readonly jobs: {
    /** A job whose worker is silent for so long is given to another. */ readonly leaseSeconds: number;
  };
}

/** How many snapshots of a source are kept; the same meaning as restic's `forget --keep-*`. */
export interface Retention {
  readonly keepLast: number;
  readonly keepHourly: number;
  readonly keepDaily: number;
  readonly keepWeekly: number;
  readonly keepMonthly: number;
  readonly keepYearly: number;
}
