import { randomBytes } from 'node:crypto';
import type { ScratchCopy, SourceContext, VerificationReport } from '../../source.ts';
import { Cluster } from '../cluster/cluster.ts';
import { describePostgresqlLocation, parsePostgresqlLocation } from '../connecting/location.ts';
import { Session, type SessionTarget } from '../connecting/session.ts';
import { bootstrapSuperuserOf } from '../inventory/database-properties.ts';
import { verifyDatabase } from '../inventory/verify.ts';
import { dropDatabase, dropRoles, type LoadOptions, type LoadResult, loadDatabase } from './load.ts';
import { derivedName } from './restore.ts';

export type ScratchOptions = Omit<LoadOptions, 'target' | 'drill'> & { readonly database: string };

/** A database in a private cluster, or on a scratch server that was given; gone when disposed. */
export class PostgresqlScratch implements ScratchCopy {
  readonly description: string;
  /** Where to look into the copy, with its password. */
  readonly target: SessionTarget;
  readonly #options: ScratchOptions;
  readonly #loaded: LoadResult;
  readonly #ownServer: boolean;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    target: SessionTarget,
    options: ScratchOptions,
    loaded: LoadResult,
    ownServer: boolean,
    resources: AsyncDisposableStack,
  ) {
    this.target = target;
    this.description = `database ${describePostgresqlLocation(target.location)}`;
    this.#options = options;
    this.#loaded = loaded;
    this.#ownServer = ownServer;
    this.#resources = resources;
  }

  /** A server of its own from the local PostgreSQL programs, its files below `folder`. */
  static async inCluster(
    options: ScratchOptions & { binFolders: readonly string[] | undefined },
    folder: string,
    context: SourceContext,
  ): Promise<PostgresqlScratch> {
    await using resources = new AsyncDisposableStack();
    context.onProgress?.({ step: 'starting a private PostgreSQL server' });
    const cluster = resources.use(
      await Cluster.create({
        folder,
        superuser: bootstrapSuperuserOf(options.inventory.objects),
        atLeast: Number.parseInt(options.inventory.versions.server ?? '', 10) || undefined,
        binFolders: options.binFolders,
        settings: { autovacuum: 'off' },
        signal: context.signal,
        onLog: context.onLog,
      }),
    );
    const { location } = parsePostgresqlLocation(cluster.location(options.database));
    const target = { location, password: cluster.password };
    // A database of this name exists from the start.
    if (options.database === 'postgres') await dropDatabase(target, options.database);
    const loaded = await loadDatabase({ ...options, target, drill: true }, context);
    return new PostgresqlScratch(target, options, loaded, true, resources.move());
  }

  /** A new database on a server that is there for drills. */
  static async onServer(
    options: ScratchOptions,
    server: SessionTarget,
    context: SourceContext,
  ): Promise<PostgresqlScratch> {
    await using resources = new AsyncDisposableStack();
    const name = derivedName(options.database, `_octobox_drill_${randomBytes(4).toString('hex')}`);
    const target = { ...server, location: { ...server.location, database: name } };
    const loaded = await loadDatabase({ ...options, target, drill: true }, context);
    resources.defer(() => dropRoles(target, loaded.createdRoles));
    resources.defer(() => dropDatabase(target, name));
    return new PostgresqlScratch(target, options, loaded, false, resources.move());
  }

  async verify(context: SourceContext): Promise<VerificationReport> {
    await using session = await Session.open(this.target, { signal: context.signal });
    const options = { growth: false, ownServer: this.#ownServer, otherLocale: this.#loaded.otherLocale };
    return await verifyDatabase(session, this.#options.inventory, options, context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
