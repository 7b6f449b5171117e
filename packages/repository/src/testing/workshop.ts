/** A temporary folder with a repository on disk, a folder to back up, and a real restic beside them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LocalStorage } from '@octobox/storage';
import { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { noise } from './fixture-tree.ts';
import { createTestRepository, TEST_PASSWORD } from './repository.ts';
import { type ResticOptions, type ResticResult, restic } from './restic.ts';

export class Workshop implements AsyncDisposable {
  readonly folder: string;
  readonly repositoryFolder: string;
  readonly source: string;
  readonly storage: LocalStorage;
  readonly #opened: Repository[] = [];

  private constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'octobox-workshop-'));
    this.repositoryFolder = join(this.folder, 'repository');
    this.source = join(this.folder, 'source');
    this.storage = new LocalStorage(this.repositoryFolder);
    mkdirSync(this.source);
  }

  /** With an empty repository of format version 2. */
  static async open(): Promise<Workshop> {
    const workshop = new Workshop();
    await createTestRepository(workshop.storage);
    return workshop;
  }

  /** Without any repository: for one that restic makes. */
  static empty(): Workshop {
    return new Workshop();
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Writes a file of the source: a text, or that many bytes that do not compress. */
  write(name: string, content: string | number): void {
    const path = join(this.source, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : noise(`${name} ${content}`, content));
  }

  remove(name: string): void {
    rmSync(join(this.source, name), { recursive: true });
  }

  restic(args: readonly string[], options: Omit<ResticOptions, 'repository'> = {}): Promise<ResticResult> {
    return restic(args, { repository: this.repositoryFolder, ...options });
  }

  /** A repository that knows nothing of what others read or wrote. */
  async repository(): Promise<Repository> {
    const repository = await Repository.open(new LocalStorage(this.repositoryFolder), {
      password: TEST_PASSWORD,
    });
    await repository.loadIndex();
    this.#opened.push(repository);
    return repository;
  }

  /** Backs the source up with restic. */
  async backup(...args: string[]): Promise<Snapshot> {
    const { stdout } = await this.restic(['backup', '--json', ...args, '.'], { cwd: this.source });
    const summary = stdout.trim().split('\n').at(-1) ?? '';
    const id = (JSON.parse(summary) as { snapshot_id: string }).snapshot_id;
    return await (await this.repository()).snapshot(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const repository of this.#opened) await repository.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
