import { Cluster, type ClusterOptions } from '../postgresql/cluster/cluster.ts';

/**
 * A real PostgreSQL server for a test: private, on a free loopback port, gone when disposed.
 *
 *     await using postgres = await startPostgres();
 *     const client = new pg.Client(postgres.connection('postgres'));
 */
export const startPostgres = (options: ClusterOptions = {}): Promise<Cluster> => Cluster.create(options);
