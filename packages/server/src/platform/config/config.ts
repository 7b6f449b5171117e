import type { CertificateFiles } from '@octobox/rest-server/certificate';
import type { DatabaseSettings } from '../database/index.ts';
import type { LogLevel } from '../log.ts';
import type { MailSettings } from './mail-settings.ts';
import type { OidcSettings } from './oidc-settings.ts';
import type { AcmeSettings } from './tls-settings.ts';
import type { VaultKeyCommand } from './vault-settings.ts';

/** What a `serve` does: the pages and the console, the jobs and the watch, or all of it. */
export type Role = 'all' | 'web' | 'worker';

/** pg-boss takes no heartbeat that is more frequent. */
export const shortestSharedLeaseSeconds = 10;

/** Everything that is set before the platform starts; read once, never changed. */
export interface Config {
  /** Absolute; mode 0700 once it is made. */
  readonly dataFolder: string;
  /** The file that was read; absent when there is none. */
  readonly configFile: string | undefined;
  /** The file `octobox.db` of the data folder unless PostgreSQL is named. */
  readonly database: DatabaseSettings;
  readonly role: Role;
  readonly listen: { readonly host: string; readonly port: number };
  /** Where people reach the public page, without a slash at its end; absent: the address listened on. */
  readonly publicUrl: string | undefined;
  /** Where the operator signs in. */
  readonly console: {
    /** Loopback unless `url` is served by TLS. */
    readonly listen: { readonly host: string; readonly port: number };
    /** Where people reach it, an origin without a path; absent: the address listened on. */
    readonly url: string | undefined;
    /** Addresses and ranges that may reach it; absent: all. */
    readonly allowFrom: readonly string[] | undefined;
    /** Addresses and ranges of web servers in front, which say where a request came from. */
    readonly trustedProxies: readonly string[];
  };
  /** Which addresses are reached that somebody entered in the console or by the API. */
  readonly network: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  /** How many requests one key, or one session, may send to the API of one process. */
  readonly api: { readonly requestsPerSecond: number; readonly burst: number };
  /** The page and the console are served by TLS with this; absent: in the clear, on loopback or behind a web server. */
  readonly tls:
    | {
        readonly certificate: CertificateFiles;
        /** The platform gets these files by itself; absent: somebody else does. */
        readonly acme: AcmeSettings | undefined;
        /** Who comes here without TLS is sent to `publicUrl`. */
        readonly redirectFrom: { readonly host: string; readonly port: number } | undefined;
      }
    | undefined;
  readonly repository: {
    readonly location: string;
    readonly passwordFile: string;
    /** Nobody named a password file: the one in the data folder may be made. */
    readonly ownPassword: boolean;
    /** Layers of encryption around a repository that is made from now on; one that exists stays as it is. */
    readonly layers: 'all' | 'none';
    /** The folder with the keys of the layers. */
    readonly layerKeys: string;
    /** With the passphrase of the drill identity, when that is protected by one. */
    readonly agePassphraseFile: string | undefined;
    /** Variables that may hold the credentials of a remote storage, as the process was given them. */
    readonly environment: Readonly<Record<string, string | undefined>>;
    /** What the kind of storage is told, as `-o` does on the command line. */
    readonly options: ReadonlyMap<string, string>;
    /** PEM file of the certificate authorities to trust instead of the known ones. */
    readonly certificateFile: string | undefined;
  };
  readonly signIn: {
    /** Absent: nobody signs in by an identity provider. */
    readonly oidc: OidcSettings | undefined;
  };
  /** How long the audit log is kept; absent: without end. */
  readonly audit: { readonly keepSeconds: number; readonly hold: readonly string[] } | undefined;
  readonly vault: {
    /** Has the private key that secrets are sealed for; absent: the file `vault.pem` of the data folder has it. */
    readonly keyCommand: VaultKeyCommand | undefined;
    /** Had it before, and opens what is wrapped for it still. */
    readonly formerKeyCommand: VaultKeyCommand | undefined;
  };
  /** The server that mails are handed to; absent: no mail is sent. */
  readonly mail: MailSettings | undefined;
  /** Where the platform's own repository is, for people: "Montréal, Canada"; absent: not told. */
  readonly place: string | undefined;
  /** Repositories elsewhere that hold copies of the platform's own. */
  readonly offsite: readonly OffSiteSettings[];
  readonly log: { readonly level: LogLevel };
  readonly retention: Retention;
  readonly page: { readonly title: string };
  readonly monitoring: { readonly intervalSeconds: number };
  readonly schedules: {
    /** A run that starts later than this is a late run. */ readonly graceSeconds: number;
  };
  readonly jobs: {
    /** A job whose worker is silent for so long is given to another; on PostgreSQL at least `shortestSharedLeaseSeconds`. */ readonly leaseSeconds: number;
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

/** A repository in another place that gets everything that the platform's own has. */
export interface OffSiteSettings {
  /** Lowercase letters, digits and hyphens: the name of the setting. */
  readonly name: string;
  readonly location: string;
  /** For people: "Paris, France". */
  readonly place: string | undefined;
  /** Layers of encryption around one that is made from now on; one that exists stays as it is. */
  readonly layers: 'all' | 'none';
  /** The folder with the keys of the layers. */
  readonly layerKeys: string;
  /** With the passphrase of the drill identity, when that is protected by one. */
  readonly agePassphraseFile: string | undefined;
  /** What its kind of storage is told, as `-o` does on the command line. */
  readonly options: ReadonlyMap<string, string>;
  /** PEM file of the certificate authorities to trust instead of the known ones. */
  readonly certificateFile: string | undefined;
  /** A file of `NAME=value` lines with credentials. */
  readonly environmentFile: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the primary forgot so long ago is removed; absent: never. */
  readonly keepDeletedSeconds: number | undefined;
  /** Object locks last so long, where the storage has them. */
  readonly retainSeconds: number | undefined;
  /** The copy of a backup may be so old at most; absent: twice the source's recovery point objective. */
  readonly maxAgeSeconds: number | undefined;
  /** Bandwidth schedules, such as `08:00-18:00=1M,else=10M`. */
  readonly limitUpload: string | undefined;
  readonly limitDownload: string | undefined;
  /** Everything is read again after it was sent. */
  readonly verify: boolean;
}
