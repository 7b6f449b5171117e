/** What an answer of an S3 service means for the user. */
import { StorageError, type StorageErrorOptions } from '../errors.ts';
import { interrupted, networkFailure } from '../transfer/network-errors.ts';

interface S3Answer extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
  readonly Region?: string;
}

const MISSING_KEY: readonly string[] = ['NoSuchKey', 'NotFound'];
const EXISTS: readonly string[] = ['PreconditionFailed', 'ConditionalRequestConflict'];
const BAD_KEYS: readonly string[] = [
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'ExpiredToken',
  'ExpiredTokenException',
  'CredentialsProviderError',
  'InvalidSecurity',
];
const WRONG_REGION: readonly string[] = [
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
];
const BUSY: readonly string[] = [
  'SlowDown',
  'RequestTimeout',
  'InternalError',
  'ServiceUnavailable',
  'Throttling',
  'ThrottlingException',
  'BadDigest',
  'XAmzContentSHA256Mismatch',
  'XAmzContentChecksumMismatch',
  'IncompleteBody',
];
/** Also said to a storage class or a lock that is not there, by services that know no better name for it. */
const REFUSED_OPTION: readonly string[] = ['InvalidArgument', 'InvalidRequest'];
const FULL: readonly string[] = [
  'QuotaExceeded',
  'InsufficientCapacity',
  'XMinioStorageFull',
  'EntityTooLarge',
];

const statusOf = (error: S3Answer): number => error.$metadata?.httpStatusCode ?? 0;

export const isMissingKey = (error: unknown): boolean =>
  error instanceof Error &&
  error.name !== 'NoSuchBucket' &&
  (MISSING_KEY.includes(error.name) || statusOf(error) === 404);

export const isMissingBucket = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NoSuchBucket' || statusOf(error) === 404);

export const isExistingBucket = (error: unknown): boolean =>
  error instanceof Error && ['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'].includes(error.name);

export const isForbidden = (error: unknown): boolean =>
  error instanceof Error && statusOf(error) === 403 && !BAD_KEYS.includes(error.name) && !isSkewed(error);

/** An answer without a body (to a look at a file) tells no more than 403; the client has seen its date. */
const isSkewed = (error: S3Answer): boolean =>
  error.name === 'RequestTimeTooSkewed' ||
  (statusOf(error) === 403 && error.$metadata?.clockSkewCorrected === true);

export const isTaken = (error: unknown): boolean =>
  error instanceof Error && (EXISTS.includes(error.name) || statusOf(error) === 412);

/** The service does not know the condition "only if there is nothing of that name". */
export const knowsNoConditions = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NotImplemented' || statusOf(error) === 501);

export const isOutOfRange = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'InvalidRange' || statusOf(error) === 416);

/** Gives what the client threw its place in the storage's own errors. */
export function s3Failure(error: unknown, location: string, what: string): unknown {
  if (error instanceof StorageError || !(error instanceof Error)) return error;
  const answer = error as S3Answer;
  const status = statusOf(answer);
  const say = (
    code: StorageError['code'],
    message: string,
    options: StorageErrorOptions = {},
  ): StorageError => new StorageError(code, message, { cause: error, ...options });
  const reason = `${what} in ${location}: ${describe(answer)}`;
  if (error.name === 'NoSuchBucket') {
    return say('storage.missing', `there is no bucket at ${location}`, {
      advice: 'Check the name of the bucket; `octobox init` makes it when the keys may.',
    });
  }
  if (BAD_KEYS.includes(error.name)) {
    return say('storage.credentials', `${location} does not accept the keys: ${describe(answer)}`, {
      advice:
        'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), or name a profile with AWS_PROFILE.',
    });
  }
  if (WRONG_REGION.includes(error.name) || status === 301) {
    return say('storage.options', reason, {
      advice: `Name the region of the bucket: -o s3.region=${answer.Region ?? '…'}`,
    });
  }
  if (isSkewed(answer)) {
    return say('storage.denied', `${location} says that the clock of this machine is wrong`, {
      // The client has learned the difference from the answer; it signs the next attempt with it.
      temporary: answer.$metadata?.clockSkewCorrected === true,
      advice: 'Set the clock of this machine (or of the server).',
    });
  }
  if (error.name === 'InvalidStorageClass') {
    return say('storage.options', reason, {
      advice: 'Use a class that this service has: -o s3.storage-class=….',
    });
  }
  if (REFUSED_OPTION.includes(error.name)) {
    return say('storage.failed', reason, {
      advice:
        'Services answer so to what they do not have: look at -o s3.storage-class, and at -o s3.object-lock, which ' +
        'the bucket must have been made with.',
    });
  }
  if (FULL.includes(error.name) || status === 507) {
    return say('storage.full', `${location} takes no more: ${describe(answer)}`, {
      advice: 'Raise the quota or free space there; what was stored before is whole.',
    });
  }
  if (BUSY.includes(error.name) || status >= 500 || status === 429) {
    return interrupted(
      location,
      `the server answered ${status === 0 ? '' : `${status}, `}${describe(answer)}`,
      error,
    );
  }
  if (status === 403 || status === 401 || error.name === 'AccessDenied') {
    return say('storage.denied', reason, {
      advice: 'Check what the policy of these keys allows; docs/operator-guide.md lists what Octobox needs.',
    });
  }
  const network = networkFailure(error, location);
  if (network !== undefined) return network;
  // An answer that is no S3 at all (a proxy's page, a cut document).
  if (status >= 200 && status < 300)
    return interrupted(location, `the answer makes no sense (${error.message})`, error);
  return say('storage.failed', reason);
}

const describe = (error: S3Answer): string =>
  error.message === '' || error.message === error.name || error.message === 'UnknownError'
    ? `${error.name} (HTTP ${statusOf(error)})`
    : error.message;
