import type { LayerName } from '@octobox/storage';

/** Who keeps what: no two of the three secrets lie with the same custodian. */
export const CUSTODIANS = ['backup-host', 'server', 'recovery-officer'] as const;
export type Custodian = (typeof CUSTODIANS)[number];

/** One part of a secret of which any `needed` of `total` parts make the whole. */
export interface Share {
  /** from 1 */
  readonly number: number;
  readonly total: number;
  readonly needed: number;
  readonly bytes: Buffer;
}

export interface KitSecrets {
  readonly repositoryPassword?: string | undefined;
  readonly cryptPassword?: string | undefined;
  readonly cryptSalt?: string | undefined;
  /** `AGE-SECRET-KEY-1…` */
  readonly ageIdentity?: string | undefined;
  /** A part of the age identity. */
  readonly ageShare?: Share | undefined;
}

/** What all kits of one set say alike. */
export interface KitFacts {
  /** Eight hex digits that the kits made together share. */
  readonly set: string;
  readonly made: Date;
  /** restic's id of the repository */
  readonly repositoryId: string;
  /** As restic and octobox name it, without credentials. */
  readonly location: string;
  /** Copies elsewhere: `off-site s3:https://…` */
  readonly copies: readonly string[];
  readonly layers: readonly LayerName[];
  /** By secret: tells whether a secret is still the one of the kit, and nothing about it. */
  readonly fingerprints: Readonly<Record<string, string>>;
}

/** What one custodian keeps. */
export interface Kit extends KitFacts {
  readonly custodian: Custodian;
  readonly secrets: KitSecrets;
  /** Environment variables that reach the storage, e.g. `AWS_ACCESS_KEY_ID`. */
  readonly access: Readonly<Record<string, string>>;
}
