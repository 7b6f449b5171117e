import { readInventory } from '../inventory/inventory.ts';
import type {
  Capture,
  Inventory,
  Preflight,
  ProbeReport,
  RestoreReport,
  ScratchCopy,
  SnapshotReader,
  Source,
  SourceContext,
  VerificationReport,
} from '../source.ts';
import { capturePostgresql } from './capture/capture.ts';
import { examine, preflightPostgresql } from './capture/preflight.ts';
import { type PostgresqlCredentials, resolvePassword } from './connecting/credentials.ts';
import {
  describePostgresqlLocation,
  type PostgresqlLocation,
  parsePostgresqlLocation,
} from './connecting/location.ts';
import { Session, type SessionTarget } from './connecting/session.ts';
import { sessionError } from './connecting/session-error.ts';
import { verifyDatabase } from './inventory/verify.ts';
import { probePostgresql } from './probe.ts';
import { clientFor } from './programs/programs.ts';
import { restoreInPlace } from './restore/restore.ts';
import { PostgresqlScratch } from './restore/scratch.ts';

export interface PostgresqlSourceOptions extends PostgresqlCredentials {
  /** `postgres://user@host:port/database`; a password in it is used and never shown. */
  readonly location: string;
  /** Folders with PostgreSQL programs, instead of the usual ones. */
  readonly binFolders?: readonly string[];
  /**
   * Looks a host name up: the addresses to connect to, at least one. What it rejects with is passed on, but for errors of
   * the resolver. Not asked for sockets. Default: the system looks, each time.
   */
  readonly reach?: ((host: string) => Promise<readonly string[]>) | undefined;
  /** A server for drills, instead of a private cluster from the local programs. */
  readonly scratchServer?: PostgresqlCredentials & { readonly location: string };
}

/** One database of a PostgreSQL server, versions 13 to 18. */
export class PostgresqlSource implements Source {
  readonly kind = 'postgresql';
  readonly label: string;
  readonly folder: string;
  readonly #location: PostgresqlLocation;
  readonly #credentials: PostgresqlCredentials;
  readonly #options: PostgresqlSourceOptions;
  readonly #dumpFile: string;

  constructor(options: PostgresqlSourceOptions) {
    const { location, password } = parsePostgresqlLocation(options.location);
    this.#location = location;
    this.#options = options;
    this.#credentials = { password: options.password ?? password, passfile: options.passfile };
    // A name is one component of a path, whatever characters it has.
    const name = encodeURIComponent(location.database).replace(/^\.+$/, (dots) =>
      dots.replaceAll('.', '%2E'),
    );
    this.label = `PostgreSQL database ${describePostgresqlLocation(location)}`;
    this.folder = `/octobox/${name}`;
    this.#dumpFile = `${name}.dump`;
  }

  async preflight(context: SourceContext): Promise<Preflight> {
    const options = { ...this.#programs, scratchServer: this.#options.scratchServer !== undefined };
    return await preflightPostgresql(await this.#target(), options, context);
  }

  async capture(context: SourceContext): Promise<Capture> {
    const target = await this.#target();
    const facts = await examine(target, this.#programs, context);
    return await capturePostgresql(
      { target, ...facts, folder: this.folder, dumpFile: this.#dumpFile, source: this.label },
      context,
    );
  }

  async restore(snapshot: SnapshotReader, context: SourceContext): Promise<RestoreReport> {
    const target = await this.#target();
    const inventory = await readInventory(snapshot, this.folder);
    const client = await this.#restoreClient(inventory, context);
    return await restoreInPlace({ target, client, inventory, ...this.#contents(snapshot) }, context);
  }

  async scratch(snapshot: SnapshotReader, folder: string, context: SourceContext): Promise<ScratchCopy> {
    const inventory = await readInventory(snapshot, this.folder);
    const client = await this.#restoreClient(inventory, context);
    const { database } = this.#location;
    const options = { client, inventory, database, ...this.#contents(snapshot) };
    const server = this.#options.scratchServer;
    if (server === undefined) {
      return await PostgresqlScratch.inCluster({ ...options, ...this.#programs }, folder, context);
    }
    const { location, password } = parsePostgresqlLocation(server.location);
    const resolved = await resolvePassword(location, { ...server, password: server.password ?? password });
    const target = { location: await this.#reached(location), password: resolved };
    return await PostgresqlScratch.onServer(options, target, context);
  }

  async verify(snapshot: SnapshotReader, context: SourceContext): Promise<VerificationReport> {
    const inventory = await readInventory(snapshot, this.folder);
    await using session = await Session.open(await this.#target(), { signal: context.signal });
    return await verifyDatabase(
      session,
      inventory,
      { growth: true, ownServer: false, otherLocale: false },
      context,
    );
  }

  async probe(snapshot: SnapshotReader | undefined, context: SourceContext): Promise<ProbeReport> {
    const inventory = snapshot === undefined ? undefined : await readInventory(snapshot, this.folder);
    return await probePostgresql(await this.#target(), inventory, context);
  }

  get #programs(): { binFolders: readonly string[] | undefined } {
    return { binFolders: this.#options.binFolders };
  }

  #contents(snapshot: SnapshotReader): { snapshot: SnapshotReader; folder: string; dumpFile: string } {
    return { snapshot, folder: this.folder, dumpFile: this.#dumpFile };
  }

  async #target(): Promise<SessionTarget> {
    const location = await this.#reached(this.#location);
    return { location, password: await resolvePassword(location, this.#credentials) };
  }

  async #reached(location: PostgresqlLocation): Promise<PostgresqlLocation> {
    const { reach } = this.#options;
    if (reach === undefined || location.host.startsWith('/')) return location;
    try {
      return { ...location, addresses: await reach(location.host) };
    } catch (error) {
      throw (error as NodeJS.ErrnoException).syscall === undefined ? error : sessionError(error, location);
    }
  }

  /** An archive is read by the version that wrote it, or a newer one. */
  async #restoreClient(inventory: Inventory, context: SourceContext) {
    const written = Number.parseInt(inventory.versions.pg_dump ?? '', 10) || 0;
    return await clientFor(written, { folders: this.#options.binFolders, signal: context.signal });
  }
}
