import type { Repository } from '@octobox/repository';
import type { AuditRecord } from '../audit/index.ts';
import { makeFirstRepository } from '../backup/index.ts';
import type { Rooms } from '../rooms.ts';
import { replaceSnapshot, type SnapshotReplacement } from '../snapshot-replacement.ts';

/** The platform's own repository, and what is done to it beside the platform. */
export class RepositoryVerbs {
  readonly #rooms: Rooms;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /**
   * Makes the repository of the configuration when it is missing, with a password file of its own.
   * @throws RepositoryMissingError for one that held backups
   */
  async init(): Promise<{ created: boolean }> {
    return await makeFirstRepository(this.#rooms);
  }

  /** A fresh handle, without its index; close it after use. */
  async open(): Promise<Repository> {
    return await this.#rooms.keeper.open();
  }

  /** Enters in the audit log what somebody does beside the platform, to this repository or to one off site. */
  async enterAct(record: AuditRecord): Promise<void> {
    const { database, audit } = this.#rooms;
    await database.change((transaction) => audit.append(transaction, record));
  }

  /** A snapshot gets another id by what somebody does beside the platform; see there when this must come. */
  async replaceSnapshot(replacement: SnapshotReplacement): Promise<void> {
    await replaceSnapshot(this.#rooms, replacement);
  }
}
