/** `s3:https://host:port/bucket/prefix`, `s3:host/bucket/prefix`, `s3://host/bucket/prefix`, as restic spells them. */
import { StorageError } from '../errors.ts';

export interface S3Location {
  /** Where the service answers, without bucket. */
  readonly endpoint: URL;
  readonly bucket: string;
  /** Without slashes at its ends; empty at the root of the bucket. */
  readonly prefix: string;
  /** The same place, spelled in full. */
  readonly text: string;
}

const wrong = (what: string): StorageError =>
  new StorageError('storage.options', `the location of the S3 repository ${what}`, {
    advice:
      'Write it as s3:https://host/bucket/prefix, for example s3:https://s3.eu-west-3.amazonaws.com/backups/shop.',
  });

export function parseS3Location(rest: string): S3Location {
  const url = URL.parse(/^https?:\/\//.test(rest) ? rest : `https://${rest.replace(/^\/+/, '')}`);
  if (url === null || url.hostname === '') throw wrong('is no address');
  // Never told back: what stands there may be a secret.
  if (url.username !== '' || url.password !== '') {
    throw new StorageError(
      'storage.options',
      'the location of the S3 repository holds a user or a password',
      {
        advice:
          'Put the keys into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and leave them out of the location.',
      },
    );
  }
  if (url.search !== '' || url.hash !== '') throw wrong('must not hold ? or #');
  const [bucket = '', ...path] = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]{1,62}$/.test(bucket)) {
    throw wrong(
      bucket === '' ? 'names no bucket behind the host' : `names no bucket: ${bucket} cannot be one`,
    );
  }
  const prefix = path.join('/');
  return {
    endpoint: new URL(url.origin),
    bucket,
    prefix,
    text: `s3:${url.origin}/${bucket}${prefix === '' ? '' : `/${prefix}`}`,
  };
}

/** Whether Amazon itself answers there. */
export const isAmazon = ({ hostname }: URL): boolean => /(^|\.)amazonaws\.com(\.cn)?$/.test(hostname);

/** The region that a host name tells: `s3.eu-west-3.amazonaws.com`, `s3.fr-par.scw.cloud`. */
export const regionOf = ({ hostname }: URL): string | undefined =>
  /^s3[.-](?:dualstack\.)?([a-z]+(?:-[a-z0-9]+)+)\./.exec(hostname)?.[1];
