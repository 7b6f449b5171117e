/**
 * What a request speaks of: restic's REST protocol, `doc/REST_backend.rst` of restic.
 *
 * The path is taken as it was sent. Nothing is resolved or normalised: whatever is not exactly a repository's
 * path followed by a type and a name is refused, so that no spelling of `..` can mean anything.
 */
import { type FileKind, isFileName, type StoredFile } from '@octobox/storage';
import { Refusal } from './errors.ts';

export type RequestPath = { readonly repository: readonly string[] } & (
  | { readonly of: 'repository' }
  | { readonly of: 'list'; readonly kind: Exclude<FileKind, 'config'> }
  | { readonly of: 'file'; readonly file: StoredFile }
);

const KINDS: Readonly<Record<string, Exclude<FileKind, 'config'>>> = {
  data: 'data',
  keys: 'key',
  locks: 'lock',
  snapshots: 'snapshot',
  index: 'index',
};

/** Folders inside a repository that are no repositories: restic's, and where unfinished and deleted files lie. */
const RESERVED = new Set([...Object.keys(KINDS), 'tmp', 'trash']);
const SEGMENT = /^[A-Za-z0-9_@+-][A-Za-z0-9._@+-]{0,99}$/;
const CONFIG = 'config';
/** Nobody nests deeper, and every level costs a look at the disk. */
const DEEPEST = 6;

/** Whether a user or a folder of repositories can be called so. */
export const isPathSegment = (name: string): boolean =>
  SEGMENT.test(name) && !RESERVED.has(name) && suffixOfConfig(name) === undefined;

/** What stands behind `config` in the name of that file; undefined for any other name. */
function suffixOfConfig(name: string): string | undefined {
  if (!name.startsWith(CONFIG)) return undefined;
  const suffix = name.slice(CONFIG.length);
  return isFileName('config', suffix) ? suffix : undefined;
}

/**
 * @param target the request target as it came, query and all
 * @throws Refusal 400 or 404 for what is no path of the protocol
 */
export function parseRequestPath(target: string): RequestPath {
  const [path = ''] = target.split('?', 1);
  if (!path.startsWith('/')) throw new Refusal(400, 'the request has no path');
  const segments = path.slice(1).split('/').map(decode);
  const last = segments.pop() ?? '';
  const suffix = suffixOfConfig(last);
  if (suffix !== undefined) {
    return { repository: repositoryOf(segments), of: 'file', file: { kind: 'config', name: suffix } };
  }
  const kind = kindOf(segments.at(-1));
  if (kind === undefined) {
    if (last === '') return { repository: repositoryOf(segments), of: 'repository' };
    throw new Refusal(404, 'not a path of the REST protocol');
  }
  const repository = repositoryOf(segments.slice(0, -1));
  if (last === '') return { repository, of: 'list', kind };
  if (!isFileName(kind, last)) throw new Refusal(400, 'not a file name of a repository');
  return { repository, of: 'file', file: { kind, name: last } };
}

const kindOf = (segment: string | undefined): Exclude<FileKind, 'config'> | undefined =>
  segment !== undefined && Object.hasOwn(KINDS, segment) ? KINDS[segment] : undefined;

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, 'the path is not encoded as URLs are');
  }
}

function repositoryOf(segments: readonly string[]): string[] {
  if (segments.length > DEEPEST) throw new Refusal(400, `a repository lies at most ${DEEPEST} folders deep`);
  if (!segments.every(isPathSegment)) {
    throw new Refusal(400, 'the path of a repository is made of letters, digits and . _ - @ +');
  }
  return [...segments];
}
