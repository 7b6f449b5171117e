/**
 * A repository in a bucket of an S3-compatible service, in restic's default layout below a prefix.
 *
 * What is checked of every answer: that a read gave the range asked for and all of it, that a whole file has
 * the checksum it was stored with, that a file just stored has its checksum, or at least its size, and that a lock
 * that was asked for is there.
 */
import { createHash } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectRetentionCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { byteSpan } from '../byte-range.ts';
import { describeFile, FileExistsError, FileMissingError, ShortReadError, StorageError } from '../errors.ts';
import { FOLDERS, pathOf } from '../layout.ts';
import { isFileName } from '../names.ts';
import type { OpenStorageOptions } from '../open-options.ts';
import type {
  ByteRange,
  FileKind,
  FileWriter,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from '../storage.ts';
import { collect } from '../transfer/collect.ts';
import { lengthOfPart, rangeHeader, refusedPart } from '../transfer/content-range.ts';
import { interrupted } from '../transfer/network-errors.ts';
import { Pace } from '../transfer/pace.ts';
import type { Spool } from '../transfer/spool.ts';
import { SpooledWriter } from '../transfer/spooled-writer.ts';
import { s3Client } from './s3-client.ts';
import {
  isExistingBucket,
  isForbidden,
  isMissingBucket,
  isMissingKey,
  isOutOfRange,
  isTaken,
  knowsNoConditions,
  s3Failure,
} from './s3-errors.ts';
import { parseS3Location, type S3Location } from './s3-location.ts';
import { lockedUntil, readS3Settings, type S3Settings, storageClassOf } from './s3-settings.ts';
import { goesInParts, upload } from './s3-upload.ts';

export class S3Storage implements Storage {
  readonly location: string;
  readonly #place: S3Location;
  readonly #settings: S3Settings;
  readonly #client: S3Client;
  readonly #pace: Pace;
  /** Until a server says that it knows no conditions. */
  #conditional = true;
  /** A lock that was asked for has been seen. */
  #locks = false;
  /**
   * Files that are to be locked until then, and whose lock has to be seen, by their paths: of those that are sent whole the
   * first, of those that are sent in parts each, since there are services that forget the lock of these (Ceph before 17).
   */
  readonly #unproved = new Map<string, Date>();

  constructor(rest: string, options: OpenStorageOptions = {}) {
    this.#place = parseS3Location(rest);
    this.location = this.#place.text;
    this.#settings = readS3Settings(this.#place, options);
    this.#client = s3Client(this.#place, this.#settings, options);
    this.#pace = new Pace(options.limits);
  }

  async create(): Promise<void> {
    const Bucket = this.#place.bucket;
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket }));
      return;
    } catch (error) {
      if (!isMissingBucket(error) && !isForbidden(error)) {
        throw s3Failure(error, this.location, 'cannot look for the bucket');
      }
    }
    try {
      await this.#client.send(
        new CreateBucketCommand({
          Bucket,
          ...(this.#settings.lock === undefined ? {} : { ObjectLockEnabledForBucket: true }),
        }),
      );
    } catch (error) {
      // Keys that may only use objects can neither see nor make a bucket: the first file tells how it is.
      if (isForbidden(error) || isExistingBucket(error)) return;
      throw s3Failure(error, this.location, 'cannot make the bucket');
    }
  }

  async stat(file: StoredFile, { signal }: StorageOptions = {}): Promise<ListedFile> {
    signal?.throwIfAborted();
    try {
      const { ContentLength } = await this.#client.send(
        new HeadObjectCommand(this.#at(file)),
        abortable(signal),
      );
      if (ContentLength === undefined) throw interrupted(this.location, 'the server told no size');
      const until = this.#unproved.get(pathOf(file));
      if (until !== undefined) await this.#proveLocked(file, until, signal);
      return { name: file.name, size: ContentLength };
    } catch (error) {
      throw this.#failure(error, file, signal, 'cannot look at');
    }
  }

  async read(file: StoredFile, range?: ByteRange, options: StorageOptions = {}): Promise<Uint8Array> {
    const { signal } = options;
    signal?.throwIfAborted();
    // Counted from the end only here: some services take `bytes=-5` for `bytes=0-5`.
    if (range !== undefined && (range.length === 0 || range.offset < 0)) {
      const { size } = await this.stat(file, options);
      const span = byteSpan(file, this.location, size, range);
      if (span.length === 0) return Buffer.alloc(0);
      return this.read(file, { offset: span.start, length: span.length }, options);
    }
    try {
      const answer = await this.#client.send(
        new GetObjectCommand({
          ...this.#at(file),
          ...(range === undefined ? { ChecksumMode: 'ENABLED' } : { Range: rangeHeader(range) }),
        }),
        abortable(signal),
      );
      const length = this.#expectedLength(file, range, answer);
      const bytes = await collect(answer.Body as AsyncIterable<Uint8Array>, {
        length,
        location: this.location,
        pace: this.#pace,
        signal,
      });
      if (range === undefined) this.#verify(answer, bytes);
      return bytes;
    } catch (error) {
      if (isOutOfRange(error) && range !== undefined) {
        const { size } = await this.stat(file, options);
        return refusedPart({ file, location: this.location, range }, size, error);
      }
      throw this.#failure(error, file, signal, 'cannot read');
    }
  }

  async writer(kind: FileKind, { signal }: StorageOptions = {}): Promise<FileWriter> {
    signal?.throwIfAborted();
    return new SpooledWriter(kind, (file, content, stop) => this.#put(file, content, stop), signal);
  }

  async *list(kind: FileKind, { signal }: StorageOptions = {}): AsyncIterable<ListedFile> {
    const folder = kind === 'config' ? 'config' : `${FOLDERS[kind]}/`;
    const Prefix = this.#key(folder);
    let ContinuationToken: string | undefined;
    do {
      signal?.throwIfAborted();
      const token = ContinuationToken;
      const page = await this.#client
        .send(
          new ListObjectsV2Command({ Bucket: this.#place.bucket, Prefix, ContinuationToken: token }),
          abortable(signal),
        )
        .catch((error: unknown) => {
          // Where there is no bucket there is no repository, which is no failure.
          if (kind === 'config' && isMissingBucket(error)) return {} as Partial<ListObjectsV2CommandOutput>;
          throw this.#explain(error, signal, `cannot list ${folder}`);
        });
      for (const { Key = '', Size } of page.Contents ?? []) {
        const name = kind === 'config' ? Key.slice(Prefix.length) : (Key.split('/').at(-1) ?? '');
        const isOurs = isFileName(kind, name) && Key === this.#key(pathOf({ kind, name }));
        if (isOurs && Size !== undefined) yield { name, size: Size };
      }
      ContinuationToken = page.NextContinuationToken;
      if (page.IsTruncated === true && (ContinuationToken === undefined || ContinuationToken === token)) {
        throw interrupted(this.location, 'the server cut its listing off without telling how it goes on');
      }
    } while (ContinuationToken !== undefined);
  }

  async remove(file: StoredFile, options: StorageOptions = {}): Promise<void> {
    // The service says yes to the removal of what is not there.
    await this.stat(file, options);
    try {
      await this.#client.send(new DeleteObjectCommand(this.#at(file)), abortable(options.signal));
    } catch (error) {
      throw this.#failure(error, file, options.signal, 'cannot remove');
    }
  }

  async retain(file: StoredFile, until: Date, { signal }: StorageOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    try {
      // Not every service refuses to shorten what was promised.
      const { ObjectLockMode: Mode, ObjectLockRetainUntilDate: promised } = await this.#client.send(
        new HeadObjectCommand(this.#at(file)),
        abortable(signal),
      );
      if (promised !== undefined && promised >= until) return;
      await this.#client.send(
        new PutObjectRetentionCommand({
          ...this.#at(file),
          Retention: { Mode: Mode ?? this.#settings.lock?.mode ?? 'GOVERNANCE', RetainUntilDate: until },
        }),
        abortable(signal),
      );
    } catch (error) {
      throw this.#failure(error, file, signal, 'cannot retain');
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  async #put(file: StoredFile, content: Spool, signal: AbortSignal | undefined): Promise<void> {
    if (await this.#exists(file, signal)) throw new FileExistsError(file, this.location);
    const until = lockedUntil(file, this.#settings);
    if (until !== undefined && (!this.#locks || goesInParts(content)))
      this.#unproved.set(pathOf(file), until);
    const target = {
      client: this.#client,
      pace: this.#pace,
      bucket: this.#place.bucket,
      key: this.#key(pathOf(file)),
      storageClass: storageClassOf(file, this.#settings),
      retain:
        until === undefined || this.#settings.lock === undefined
          ? undefined
          : { mode: this.#settings.lock.mode, until },
      signal,
    };
    try {
      const { verified } = await upload({ ...target, conditional: this.#conditional }, content).catch(
        (error: unknown) => {
          if (!this.#conditional || !knowsNoConditions(error)) throw error;
          this.#conditional = false;
          return upload({ ...target, conditional: false }, content);
        },
      );
      if (!verified) await this.#assertStored(file, content.size, signal);
      if (this.#unproved.has(pathOf(file))) await this.stat(file, { signal });
    } catch (error) {
      if (isTaken(error)) throw new FileExistsError(file, this.location, { cause: error });
      throw this.#explain(error, signal, `cannot write ${describeFile(file)}`);
    }
  }

  /** What cannot be locked does not stay. */
  async #proveLocked(file: StoredFile, until: Date, signal: AbortSignal | undefined): Promise<void> {
    const isLocked = async (): Promise<boolean> => {
      const { ObjectLockRetainUntilDate: promised } = await this.#client.send(
        new HeadObjectCommand(this.#at(file)),
        abortable(signal),
      );
      // Not every service keeps fractions of a second.
      return promised !== undefined && promised.getTime() > until.getTime() - 1_000;
    };
    let cause: unknown;
    try {
      if (!(await isLocked())) await this.retain(file, until, { signal });
      if (await isLocked()) {
        this.#locks = true;
        this.#unproved.delete(pathOf(file));
        return;
      }
    } catch (error) {
      cause = this.#failure(error, file, signal, 'cannot lock');
      // Whoever tries again looks at it again.
      if (!(cause instanceof StorageError) || cause.temporary) throw cause;
    }
    await this.#client.send(new DeleteObjectCommand(this.#at(file)), abortable(signal));
    this.#unproved.delete(pathOf(file));
    throw new StorageError('storage.options', `${this.location} took a file and shows no lock on it`, {
      cause,
      advice:
        'The bucket must have been made with object lock, and the keys need s3:PutObjectRetention and s3:GetObjectRetention. Or leave s3.object-lock away.',
    });
  }

  async #exists(file: StoredFile, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await this.stat(file, { signal });
      return true;
    } catch (error) {
      if (error instanceof FileMissingError) return false;
      throw error;
    }
  }

  /** For servers that confirm no checksum: a file that was cut on its way must not pass for whole. */
  async #assertStored(file: StoredFile, size: number, signal: AbortSignal | undefined): Promise<void> {
    let found: ListedFile;
    try {
      found = await this.stat(file, { signal });
    } catch (error) {
      if (!(error instanceof FileMissingError)) throw error;
      throw interrupted(this.location, 'the server took a file and does not show it', error);
    }
    if (found.size === size) return;
    throw interrupted(this.location, `the server kept ${found.size} of ${size} bytes of a file`);
  }

  #expectedLength(file: StoredFile, range: ByteRange | undefined, answer: GetObjectCommandOutput): number {
    if (range === undefined) {
      if (answer.ContentLength === undefined) throw interrupted(this.location, 'the server told no size');
      return answer.ContentLength;
    }
    return lengthOfPart({ file, location: this.location, range }, answer.ContentRange);
  }

  /** The checksum of a file that was sent in parts is one of checksums, and says nothing here. */
  #verify({ ChecksumSHA256: stored }: GetObjectCommandOutput, bytes: Uint8Array): void {
    if (stored === undefined || stored.includes('-')) return;
    if (createHash('sha256').update(bytes).digest('base64') === stored) return;
    throw interrupted(this.location, 'what the server gave does not have the checksum it was stored with');
  }

  #key(path: string): string {
    return this.#place.prefix === '' ? path : `${this.#place.prefix}/${path}`;
  }

  #at(file: StoredFile): { Bucket: string; Key: string } {
    return { Bucket: this.#place.bucket, Key: this.#key(pathOf(file)) };
  }

  #failure(error: unknown, file: StoredFile, signal: AbortSignal | undefined, what: string): unknown {
    if (error instanceof ShortReadError) return error;
    if (isMissingKey(error)) return new FileMissingError(file, this.location, { cause: error });
    return this.#explain(error, signal, `${what} ${describeFile(file)}`);
  }

  #explain(error: unknown, signal: AbortSignal | undefined, what: string): unknown {
    if (signal?.aborted === true) return signal.reason;
    return s3Failure(error, this.location, what);
  }
}

const abortable = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal };
