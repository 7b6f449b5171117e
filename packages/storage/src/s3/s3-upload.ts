/** Sending a file to S3: whole with its SHA-256, or in parts when it is large. Never over an existing one. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Pace } from '../transfer/pace.ts';
import type { Spool } from '../transfer/spool.ts';

export interface UploadTarget {
  readonly client: S3Client;
  readonly pace: Pace;
  readonly bucket: string;
  readonly key: string;
  readonly storageClass: string | undefined;
  readonly retain: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly until: Date } | undefined;
  /** Ask the server to refuse when the name is taken. */
  readonly conditional: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Larger files go in parts, so that a cut costs one part's time and no service's limit is met. */
const WHOLE_UP_TO = 64 * 1024 * 1024;
const PART = 16 * 1024 * 1024;

export const goesInParts = ({ size }: Pick<Spool, 'size'>): boolean => size > WHOLE_UP_TO;

/** @returns whether the server has confirmed the checksum of what it stored */
export async function upload(target: UploadTarget, content: Spool): Promise<{ verified: boolean }> {
  return goesInParts(content) ? uploadParts(target, content) : uploadWhole(target, content);
}

const attributes = (target: UploadTarget) =>
  ({
    Bucket: target.bucket,
    Key: target.key,
    ContentType: 'application/octet-stream',
    ...(target.storageClass === undefined
      ? {}
      : { StorageClass: target.storageClass as NonNullable<PutObjectCommandInput['StorageClass']> }),
    ...(target.retain === undefined
      ? {}
      : { ObjectLockMode: target.retain.mode, ObjectLockRetainUntilDate: target.retain.until }),
  }) as const;

/** The body is signed by the hash that is known already: a server that checks signatures checks the bytes. */
function signWith(command: PutObjectCommand | UploadPartCommand, sha256: Buffer): void {
  // The two stacks differ in the types of inputs alone, which this step does not look at.
  const stack = command.middlewareStack as PutObjectCommand['middlewareStack'];
  stack.add(
    (next) => async (args) => {
      const request = args.request as { headers: Record<string, string> };
      request.headers['x-amz-content-sha256'] = sha256.toString('hex');
      return next(args);
    },
    { step: 'build', name: 'knownHash' },
  );
}

async function uploadWhole(target: UploadTarget, content: Spool): Promise<{ verified: boolean }> {
  const checksum = content.sha256.toString('base64');
  const command = new PutObjectCommand({
    ...attributes(target),
    ...(target.conditional ? { IfNoneMatch: '*' } : {}),
    ContentLength: content.size,
    // Said as well, because a bucket with object lock wants to be told.
    ChecksumAlgorithm: 'SHA256',
    ChecksumSHA256: checksum,
    Body: body(target, content, 0, content.size),
  });
  signWith(command, content.sha256);
  const answer = await target.client.send(command, signalOf(target));
  return { verified: answer.ChecksumSHA256 === checksum };
}

async function uploadParts(target: UploadTarget, content: Spool): Promise<{ verified: boolean }> {
  const { client, bucket: Bucket, key: Key } = target;
  const started = await client.send(
    new CreateMultipartUploadCommand({ ...attributes(target), ChecksumAlgorithm: 'SHA256' }),
    signalOf(target),
  );
  const { UploadId } = started;
  try {
    const parts: CompletedPart[] = [];
    for (let start = 0; start < content.size; start += PART) {
      const end = Math.min(start + PART, content.size);
      parts.push(await uploadPart(target, content, { UploadId, PartNumber: parts.length + 1, start, end }));
    }
    await client.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts: parts },
        ...(target.conditional ? { IfNoneMatch: '*' } : {}),
      }),
      signalOf(target),
    );
    return { verified: parts.every(({ ChecksumSHA256 }) => ChecksumSHA256 !== undefined) };
  } catch (error) {
    // Parts that stay behind cost money; a lifecycle rule for incomplete uploads catches what fails here.
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => {});
    throw error;
  }
}

async function uploadPart(
  target: UploadTarget,
  content: Spool,
  part: { UploadId: string | undefined; PartNumber: number; start: number; end: number },
): Promise<CompletedPart> {
  const { start, end, UploadId, PartNumber } = part;
  const hash = createHash('sha256');
  for await (const slice of content.slices(start, end)) hash.update(slice);
  const sha256 = hash.digest();
  const command = new UploadPartCommand({
    Bucket: target.bucket,
    Key: target.key,
    UploadId,
    PartNumber,
    ContentLength: end - start,
    ChecksumAlgorithm: 'SHA256',
    ChecksumSHA256: sha256.toString('base64'),
    Body: body(target, content, start, end),
  });
  signWith(command, sha256);
  const { ETag, ChecksumSHA256 } = await target.client.send(command, signalOf(target));
  return { ETag, PartNumber, ...(ChecksumSHA256 === undefined ? {} : { ChecksumSHA256 }) };
}

/** An empty stream has no length that a server would see, so an empty file is sent as an empty string. */
const body = (
  { pace, signal }: UploadTarget,
  content: Spool,
  start: number,
  end: number,
): Readable | string =>
  end === start ? '' : Readable.from(pace.sent(content.slices(start, end), signal), { objectMode: false });

const signalOf = ({ signal }: UploadTarget): { abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal };
