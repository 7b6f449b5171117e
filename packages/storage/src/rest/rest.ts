/**
 * A repository behind restic's REST protocol, versions 1 and 2 (restic's doc/REST_backend.rst): a file is an
 * address, a listing is JSON, with sizes in version 2. The server lays out files as it likes.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { byteSpan } from '../byte-range.ts';
import { describeFile, FileExistsError, FileMissingError, StorageError } from '../errors.ts';
import { KindOptions } from '../kind-options.ts';
import { FOLDERS } from '../layout.ts';
import { assertFileName, isFileName, SUFFIXES } from '../names.ts';
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
import { trustedAuthorities } from '../transfer/certificates.ts';
import { collect } from '../transfer/collect.ts';
import { lengthOfPart, rangeHeader, refusedPart } from '../transfer/content-range.ts';
import { HttpClient, type HttpRequest } from '../transfer/http-client.ts';
import { interrupted } from '../transfer/network-errors.ts';
import { Pace } from '../transfer/pace.ts';
import { inTurns } from '../transfer/pieces.ts';
import type { Spool } from '../transfer/spool.ts';
import { SpooledWriter } from '../transfer/spooled-writer.ts';
import { STUCK_AFTER_MS } from '../transfer/stuck.ts';
import { restBroken, restFailure } from './rest-errors.ts';
import { parseListing } from './rest-listing.ts';
import { parseRestLocation, type RestLocation } from './rest-location.ts';

const VERSION_2 = 'application/vnd.x.restic.rest.v2';
type Request = Omit<HttpRequest, 'url'> & { readonly path: string };

export class RestStorage implements Storage {
  readonly location: string;
  readonly #place: RestLocation;
  readonly #client: HttpClient;
  readonly #pace: Pace;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(rest: string, options: OpenStorageOptions = {}) {
    this.#place = parseRestLocation(rest);
    this.location = this.#place.text;
    const said = new KindOptions('rest', ['connections'], options.options);
    this.#client = new HttpClient({
      location: this.location,
      ca: trustedAuthorities(options.certificateFile),
      connections: said.positive('connections') ?? 8,
      stuckAfterMs: options.stuckAfterMs ?? STUCK_AFTER_MS,
    });
    this.#pace = new Pace(options.limits);
    this.#headers = { accept: VERSION_2, ...authorization(this.#place, options.environment ?? {}) };
  }

  async create(): Promise<void> {
    await this.#ask({ method: 'POST', path: '?create=true' }, 'cannot create the repository');
  }

  async stat(file: StoredFile, { signal }: StorageOptions = {}): Promise<ListedFile> {
    const what = `cannot look at ${describeFile(file)}`;
    const answer = await this.#ask({ method: 'HEAD', path: pathOf(file), signal }, what, file);
    return { name: file.name, size: this.#lengthOf(answer) };
  }

  async read(file: StoredFile, range?: ByteRange, options: StorageOptions = {}): Promise<Uint8Array> {
    const { signal } = options;
    signal?.throwIfAborted();
    if (range !== undefined && (range.length === 0 || range.offset < 0)) {
      const { size } = await this.stat(file, options);
      const span = byteSpan(file, this.location, size, range);
      if (span.length === 0) return Buffer.alloc(0);
      return this.read(file, { offset: span.start, length: span.length }, options);
    }
    const what = `cannot read ${describeFile(file)}`;
    const headers = range === undefined ? {} : { range: rangeHeader(range) };
    const answer = await this.#send({ method: 'GET', path: pathOf(file), headers, signal });
    if (answer.statusCode === 416 && range !== undefined) {
      answer.resume();
      const { size } = await this.stat(file, options);
      return refusedPart({ file, location: this.location, range }, size);
    }
    await this.#assertGood(answer, what, file);
    try {
      return await collect(answer, {
        length: range === undefined ? this.#lengthOf(answer) : this.#rangeLength(file, range, answer),
        location: this.location,
        pace: this.#pace,
        signal,
      });
    } catch (error) {
      answer.destroy();
      signal?.throwIfAborted();
      throw restBroken(error, this.location);
    }
  }

  async writer(kind: FileKind, { signal }: StorageOptions = {}): Promise<FileWriter> {
    signal?.throwIfAborted();
    return new SpooledWriter(kind, (file, content, stop) => this.#put(file, content, stop), signal);
  }

  async *list(kind: FileKind, options: StorageOptions = {}): AsyncIterable<ListedFile> {
    const { signal } = options;
    signal?.throwIfAborted();
    if (kind === 'config') {
      for (const name of SUFFIXES) {
        const found = await this.#find({ kind, name }, signal);
        if (found !== undefined) yield found;
      }
      return;
    }
    const answer = await this.#send({ method: 'GET', path: `${FOLDERS[kind]}/`, signal });
    // Servers of the first version had no folder before its first file.
    if (answer.statusCode === 404) {
      answer.resume();
      return;
    }
    await this.#assertGood(answer, `cannot list ${FOLDERS[kind]}`);
    const listed = await this.#listing(answer);
    const known = listed.filter(({ name }) => isFileName(kind, name));
    for (let at = 0; at < known.length; at += STATS_AT_ONCE) {
      signal?.throwIfAborted();
      const batch = known.slice(at, at + STATS_AT_ONCE);
      const found: (ListedFile | undefined)[] = [];
      await inTurns(batch.entries(), async ([index, { name, size }]) => {
        found[index] = size === undefined ? await this.#find({ kind, name }, signal) : { name, size };
      });
      for (const file of found) if (file !== undefined) yield file;
    }
  }

  async remove(file: StoredFile, options: StorageOptions = {}): Promise<void> {
    // Some servers say yes to the removal of what is not there.
    await this.stat(file, options);
    const what = `cannot remove ${describeFile(file)}`;
    await this.#ask({ method: 'DELETE', path: pathOf(file), signal: options.signal }, what, file);
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  async #put(file: StoredFile, content: Spool, signal: AbortSignal | undefined): Promise<void> {
    if ((await this.#find(file, signal)) !== undefined) throw new FileExistsError(file, this.location);
    const what = `cannot write ${describeFile(file)}`;
    try {
      await this.#ask(
        {
          method: 'POST',
          path: pathOf(file),
          headers: { 'content-type': 'application/octet-stream' },
          body: { length: content.size, slices: this.#pace.sent(content.slices(), signal) },
          signal,
        },
        what,
      );
    } catch (error) {
      const isRefusal = error instanceof StorageError && error.code === 'storage.denied';
      if (isRefusal && (await this.#find(file, signal)) !== undefined) {
        throw new FileExistsError(file, this.location, { cause: error });
      }
      throw error;
    }
    // The protocol has no checksum: a file that was cut on its way must not pass for whole.
    const stored = await this.#find(file, signal);
    if (stored?.size === content.size) return;
    throw interrupted(
      this.location,
      `the server kept ${stored?.size ?? 'nothing'} of ${content.size} bytes of a file`,
    );
  }

  async #find(file: StoredFile, signal: AbortSignal | undefined): Promise<ListedFile | undefined> {
    try {
      return await this.stat(file, { signal });
    } catch (error) {
      if (error instanceof FileMissingError) return undefined;
      throw error;
    }
  }

  #rangeLength(file: StoredFile, range: ByteRange, { statusCode, headers }: IncomingMessage): number {
    const contentRange = statusCode === 206 ? headers['content-range'] : undefined;
    return lengthOfPart({ file, location: this.location, range }, contentRange);
  }

  #lengthOf({ headers }: IncomingMessage): number {
    const length = headers['content-length'];
    if (length !== undefined && /^\d+$/.test(length)) return Number(length);
    throw interrupted(this.location, 'the server told no size');
  }

  async #listing(answer: IncomingMessage): Promise<{ name: string; size: number | undefined }[]> {
    const parts: Buffer[] = [];
    try {
      for await (const part of answer) parts.push(part as Buffer);
    } catch (error) {
      throw restBroken(error, this.location);
    }
    const listed = parseListing(Buffer.concat(parts).toString('utf8'));
    if (listed === undefined) throw interrupted(this.location, 'the listing of the server makes no sense');
    return listed;
  }

  /** One request of which the answer's head is all that counts. */
  async #ask(request: Request, what: string, file?: StoredFile): Promise<IncomingMessage> {
    request.signal?.throwIfAborted();
    const answer = await this.#send(request);
    await this.#assertGood(answer, what, file);
    answer.resume();
    return answer;
  }

  #send({ path, headers, ...request }: Request): Promise<IncomingMessage> {
    return this.#client.send({
      ...request,
      url: new URL(path, this.#place.url),
      headers: { ...this.#headers, ...headers },
    });
  }

  async #assertGood(answer: IncomingMessage, what: string, file?: StoredFile): Promise<void> {
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return;
    answer.resume();
    if (status === 404 && file !== undefined) throw new FileMissingError(file, this.location);
    throw restFailure(status, this.location, what, reasonOf(answer));
  }
}

/** How many files of a listing without sizes are measured before they are told. */
const STATS_AT_ONCE = 256;

function pathOf(file: StoredFile): string {
  assertFileName(file);
  return file.kind === 'config' ? `config${file.name}` : `${FOLDERS[file.kind]}/${file.name}`;
}

/** What the server says beside its status: there even when the answer has no body. */
function reasonOf({ statusCode = 0, statusMessage = '' }: IncomingMessage): string | undefined {
  const said = statusMessage
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, LONGEST_REASON);
  return said === '' || said.toLowerCase() === STATUS_CODES[statusCode]?.toLowerCase() ? undefined : said;
}
const LONGEST_REASON = 200;

/** What stands in the location goes before the environment, as in restic. */
function authorization(
  { user, password, url }: RestLocation,
  env: NonNullable<OpenStorageOptions['environment']>,
): Record<string, string> {
  const name = user ?? (env.RESTIC_REST_USERNAME || undefined);
  const secret = password ?? (env.RESTIC_REST_PASSWORD || undefined);
  if (name === undefined && secret === undefined) return {};
  if (name === undefined || secret === undefined) {
    throw new StorageError(
      'storage.credentials',
      `${name === undefined ? 'the user' : 'the password'} for ${url.host} is missing`,
      {
        advice: 'Set both RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD.',
      },
    );
  }
  return { authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}` };
}
