import { StorageError } from '../errors.ts';
import { KindOptions } from '../kind-options.ts';
import type { OpenStorageOptions } from '../open-options.ts';
import type { StoredFile } from '../storage.ts';
import { isAmazon, regionOf, type S3Location } from './s3-location.ts';

export interface S3Settings {
  readonly region: string;
  readonly pathStyle: boolean;
  readonly connections: number;
  readonly storageClass: string | undefined;
  readonly lock: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly days: number } | undefined;
  readonly credentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
  /** Of the shared files of the AWS tools. */
  readonly profile: string | undefined;
}

const KNOWN = [
  'bucket-lookup',
  'connections',
  'object-lock',
  'region',
  'retain-days',
  'storage-class',
] as const;

/** Options and environment, as restic reads them, in one value. */
export function readS3Settings(location: S3Location, options: OpenStorageOptions): S3Settings {
  const said = new KindOptions('s3', KNOWN, options.options);
  const env = options.environment ?? {};
  const lookup = said.oneOf('bucket-lookup', ['auto', 'dns', 'path']) ?? 'auto';
  return {
    region:
      said.text('region') ||
      env.AWS_REGION ||
      env.AWS_DEFAULT_REGION ||
      regionOf(location.endpoint) ||
      'us-east-1',
    pathStyle: lookup === 'path' || (lookup === 'auto' && !isAmazon(location.endpoint)),
    connections: said.positive('connections') ?? 16,
    storageClass: said.text('storage-class')?.toUpperCase(),
    lock: readLock(said),
    credentials: readCredentials(env),
    profile: env.AWS_PROFILE || undefined,
  };
}

function readLock(said: KindOptions): S3Settings['lock'] {
  const mode = said.oneOf('object-lock', ['governance', 'compliance']);
  const days = said.positive('retain-days');
  if ((mode === undefined) !== (days === undefined)) {
    throw new StorageError('storage.options', 's3.object-lock and s3.retain-days belong together', {
      advice: 'For example: -o s3.object-lock=governance -o s3.retain-days=30.',
    });
  }
  if (mode === undefined || days === undefined) return undefined;
  return { mode: mode === 'governance' ? 'GOVERNANCE' : 'COMPLIANCE', days };
}

function readCredentials(env: NonNullable<OpenStorageOptions['environment']>): S3Settings['credentials'] {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId && !secretAccessKey) return undefined;
  if (!accessKeyId || !secretAccessKey) {
    throw new StorageError(
      'storage.credentials',
      `${accessKeyId ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID'} is missing`,
      { advice: 'Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.' },
    );
  }
  const sessionToken = env.AWS_SESSION_TOKEN || undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

const ARCHIVES = ['GLACIER', 'DEEP_ARCHIVE'];

/** An archive takes packs of data only, as in restic: everything else must be readable at any time. */
export const storageClassOf = (
  { kind }: StoredFile,
  { storageClass }: Pick<S3Settings, 'storageClass'>,
): string | undefined =>
  storageClass !== undefined && (kind === 'data' || !ARCHIVES.includes(storageClass))
    ? storageClass
    : undefined;

/** Until when a file that is written now must stay. Locks are there to be removed. */
export const lockedUntil = ({ kind }: StoredFile, { lock }: Pick<S3Settings, 'lock'>): Date | undefined =>
  lock === undefined || kind === 'lock' ? undefined : new Date(Date.now() + lock.days * 86_400_000);
