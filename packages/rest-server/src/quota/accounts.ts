/** How much may be stored: by repository, by user, and by what the disk must keep free. */
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileKind } from '@octobox/storage';
import { Refusal } from '../errors.ts';
import type { User } from '../users/user-file.ts';
import { measureFolder } from './measure-folder.ts';
import { Usage } from './usage.ts';

export interface Limits {
  /** bytes of one repository, its trash included */
  readonly repositoryQuota: number | undefined;
  /** bytes of all repositories of one user, unless the file of users says otherwise */
  readonly userQuota: number | undefined;
  /** bytes that stay free on the disk */
  readonly keepFree: number;
}

interface Account {
  readonly of: string;
  readonly limit: number;
  readonly usage: Usage;
}

/**
 * Locks and index files are what `forget` and `prune` write before they make room, so a full quota or disk must not
 * refuse them. But anybody may send anything under their names: they have a hundredth of the quota more, 16 MiB at
 * least, and half of what the disk keeps free.
 */
const isUpkeep = (kind: FileKind): boolean => kind === 'lock' || kind === 'index';
const LEAST_FOR_UPKEEP = 16 * 2 ** 20;
const forUpkeep = (quota: number): number => quota + Math.max(LEAST_FOR_UPKEEP, Math.floor(quota / 100));

/** Before a refusal: an operator who made room in another way must not have to restart the server. */
const MEASURED_AGAIN_AFTER_MS = 10_000;

export class Accounts {
  readonly #root: string;
  readonly #limits: Limits;
  readonly #usages = new Map<string, Usage>();
  /** Of uploads under way, which the disk does not show yet. */
  #underWay = 0;

  constructor(root: string, limits: Limits) {
    this.#root = root;
    this.#limits = limits;
  }

  /** @throws Refusal 507 when `bytes` more of a file of that kind do not fit */
  async reserve(
    repository: readonly string[],
    user: User | undefined,
    kind: FileKind,
    bytes: number,
  ): Promise<Reservation> {
    const accounts = this.#accountsOf(repository, user);
    for (const { usage } of accounts) await usage.ready();
    const upkeep = isUpkeep(kind);
    const reservation = new Reservation(
      (more) => this.#take(accounts, more, upkeep),
      (taken, stored) => {
        this.#underWay -= taken;
        for (const { usage } of accounts) usage.settle(taken, stored);
      },
    );
    await reservation.more(bytes);
    return reservation;
  }

  /** Before a file is deleted. */
  async settled(repository: readonly string[]): Promise<void> {
    for (const usage of this.#known(repository)) await usage.settled();
  }

  freed(repository: readonly string[], bytes: number): void {
    for (const usage of this.#known(repository)) usage.freed(bytes);
  }

  async #take(accounts: readonly Account[], bytes: number, upkeep: boolean): Promise<void> {
    const exceeds = ({ usage, limit }: Account): boolean =>
      usage.bytes + bytes > (upkeep ? forUpkeep(limit) : limit);
    for (const account of accounts) {
      const { usage } = account;
      if (exceeds(account) && usage.isOlderThan(MEASURED_AGAIN_AFTER_MS)) await usage.measure();
    }
    const { bavail, bsize } = await statfs(this.#root);
    // Nothing is awaited from here on: what is looked at is what is taken.
    for (const account of accounts) {
      if (exceeds(account)) {
        const { of, usage, limit } = account;
        throw new Refusal(507, `quota of ${of} exceeded: ${usage.bytes} of ${limit} bytes are used`);
      }
    }
    const { keepFree } = this.#limits;
    if (bavail * bsize - this.#underWay - bytes < (upkeep ? keepFree / 2 : keepFree)) {
      throw new Refusal(507, 'the disk of the server is full');
    }
    this.#underWay += bytes;
    for (const { usage } of accounts) usage.reserve(bytes);
  }

  #accountsOf(repository: readonly string[], user: User | undefined): Account[] {
    const { repositoryQuota, userQuota } = this.#limits;
    const ofUser = user?.quota ?? userQuota;
    const accounts: Account[] = [];
    if (user !== undefined && ofUser !== undefined) {
      accounts.push({ of: `user ${user.name}`, limit: ofUser, usage: this.#usage([user.name]) });
    }
    if (repositoryQuota !== undefined) {
      const of = `repository /${repository.join('/')}`;
      accounts.push({ of, limit: repositoryQuota, usage: this.#usage(repository) });
    }
    return accounts;
  }

  #usage(segments: readonly string[]): Usage {
    const path = join(this.#root, ...segments);
    const known = this.#usages.get(path);
    if (known !== undefined) return known;
    const usage = new Usage(() => measureFolder(path));
    this.#usages.set(path, usage);
    return usage;
  }

  /** The repository's own and that of every folder it lies in, which may be a user's. */
  #known(repository: readonly string[]): Usage[] {
    const folders = repository.map((_, at) => join(this.#root, ...repository.slice(0, at + 1)));
    return [...new Set([this.#root, ...folders])].flatMap((path) => this.#usages.get(path) ?? []);
  }
}

/** Room for one upload. `end` must be called exactly once. */
export class Reservation {
  readonly #take: (bytes: number) => Promise<void>;
  readonly #release: (taken: number, stored: number) => void;
  #taken = 0;

  constructor(take: (bytes: number) => Promise<void>, release: (taken: number, stored: number) => void) {
    this.#take = take;
    this.#release = release;
  }

  /** bytes */
  get size(): number {
    return this.#taken;
  }

  async more(bytes: number): Promise<void> {
    await this.#take(bytes);
    this.#taken += bytes;
  }

  /** @param stored bytes that are in the repository now: 0 when the upload came to nothing */
  end(stored: number): void {
    this.#release(this.#taken, stored);
  }
}
