import { type Clock, type Database, instant } from '../../platform/index.ts';

/**
 * Where backups went: a repository that is missing there is lost, or on a disk that is not mounted; one that is missing elsewhere
 * was never made. Locations are those of `Storage.location`, without user and password.
 */
export class RepositoryLocations {
  readonly #database: Database;
  readonly #clock: Clock;
  #noted: string | undefined;

  constructor({ database, clock }: { database: Database; clock: Clock }) {
    this.#database = database;
    this.#clock = clock;
  }

  /** A backup lies there. */
  async note(location: string): Promise<void> {
    if (location === this.#noted) return;
    const row = { location, first_backup_at: instant(this.#clock.now()) };
    await this.#database.change((transaction) =>
      transaction
        .insertInto('repository_locations')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    );
    this.#noted = location;
  }

  /** Of the time before they were noted it is not known where; then any place may have been it. */
  async heldBackups(location: string): Promise<boolean> {
    const { read } = this.#database;
    const places = await read.selectFrom('repository_locations').select('location').execute();
    if (places.length > 0) return places.some((place) => place.location === location);
    const good = read.selectFrom('runs').select('id').where('state', '=', 'succeeded').limit(1);
    return (await good.executeTakeFirst()) !== undefined;
  }
}
