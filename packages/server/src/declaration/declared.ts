import type { ProtectedSource, Service } from '../catalog/index.ts';
import type { Place, Secret } from '../platform/index.ts';

/** Says where in the file a field of something stands. */
export type FieldPlace = (field?: string) => Place;

/** A service as a file wants it: every default is filled in. */
export interface DeclaredService extends Omit<Service, 'id' | 'createdAt'> {
  readonly sources: readonly DeclaredSource[];
  readonly at: FieldPlace;
}

/** A source as a file wants it. */
export interface DeclaredSource {
  readonly name: string;
  /** Slug of its service. */
  readonly service: string;
  readonly kind: ProtectedSource['kind'];
  /** In one spelling, without a password. */
  readonly location: string;
  readonly paths: readonly string[];
  readonly excludes: readonly string[];
  readonly oneFileSystem: boolean;
  readonly scratchServer: string | undefined;
  /** `null`: on demand. */
  readonly schedule: string | null;
  readonly drillSchedule: string | null;
  /** `null`: its service's. */
  readonly rpoSeconds: number | null;
  /** Absent: the one that is kept stays. */
  readonly password: Secret | undefined;
  readonly scratchPassword: Secret | undefined;
  readonly at: FieldPlace;
}

/** What a file says is protected. */
export interface Declaration {
  readonly file: string;
  readonly services: readonly DeclaredService[];
}
