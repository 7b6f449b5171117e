/** The repositories below one folder: each a folder in restic's layout, under the path that clients name. */
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStorage } from '@octobox/storage';
import { Refusal, RestServerError } from './errors.ts';
import { isPathSegment } from './request-path.ts';

export interface ServedRepository {
  readonly segments: readonly string[];
  readonly folder: string;
  readonly storage: LocalStorage;
}

/** Both are made with the repository, before its first file. */
const MARKS = ['keys', 'data'] as const;

export class Repositories {
  readonly root: string;
  readonly #known = new Map<string, ServedRepository>();

  private constructor(root: string) {
    this.root = root;
  }

  /** The folder must be there: a missing one is a disk that is not mounted. */
  static async open(root: string): Promise<Repositories> {
    if (!(await isFolder(root))) {
      throw new RestServerError('rest-server.folder-missing', `there is no folder ${root}`, {
        advice: 'Make it, or mount the disk that it lies on.',
      });
    }
    return new Repositories(root);
  }

  /** @throws Refusal 404 when nobody made it */
  async find(segments: readonly string[]): Promise<ServedRepository> {
    const key = segments.join('/');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const folder = join(this.root, ...segments);
    for (const mark of MARKS) {
      if (!(await isFolder(join(folder, mark)))) throw new Refusal(404, 'there is no such repository');
    }
    return this.#remember(key, segments, folder);
  }

  async create(segments: readonly string[]): Promise<void> {
    if (!(await isFolder(this.root))) throw new Refusal(503, 'the disk of the server is not there');
    const folder = join(this.root, ...segments);
    await new LocalStorage(folder).create();
    this.#remember(segments.join('/'), segments, folder);
  }

  /** Every repository that lies on the disk. */
  async *all(): AsyncIterable<readonly string[]> {
    const waiting: (readonly string[])[] = [[]];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const folder = join(this.root, ...at);
      const marks = await Promise.all(MARKS.map((mark) => isFolder(join(folder, mark))));
      if (marks.every(Boolean)) yield at;
      for await (const entry of await opendir(folder)) {
        if (entry.isDirectory() && isPathSegment(entry.name)) waiting.push([...at, entry.name]);
      }
    }
  }

  #remember(key: string, segments: readonly string[], folder: string): ServedRepository {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const repository = { segments, folder, storage: new LocalStorage(folder) };
    this.#known.set(key, repository);
    return repository;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
