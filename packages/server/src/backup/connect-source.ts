import { FilesSource, PostgresqlSource, type Source, SqliteSource } from '@octobox/sources';
import type { Catalog, ProtectedSource } from '../catalog/index.ts';
import type { OutgoingAddresses } from '../platform/index.ts';

/** Makes the object that reaches a source of the catalog; opens nothing yet. */
export type ConnectSource = (source: ProtectedSource) => Promise<Source>;

/** The short registry of kinds, with each source's password out of the catalog's secrets. */
export const connectSources =
  (catalog: Catalog, outgoing: OutgoingAddresses): ConnectSource =>
  async ({ id, kind, location, options }) => {
    if (kind === 'sqlite') return new SqliteSource({ location });
    if (kind === 'postgresql') {
      const password = await catalog.sourcePassword({ id, location });
      const scratchPassword =
        options.scratchServer === undefined
          ? undefined
          : await catalog.scratchPassword(id, options.scratchServer);
      return new PostgresqlSource({
        location,
        reach: (host) => outgoing.find(host),
        ...(password === undefined ? {} : { password }),
        ...(options.scratchServer === undefined
          ? {}
          : {
              scratchServer: {
                location: options.scratchServer,
                ...(scratchPassword === undefined ? {} : { password: scratchPassword }),
              },
            }),
      });
    }
    return new FilesSource({
      paths: [location, ...(options.paths ?? [])],
      ...(options.excludes === undefined ? {} : { excludes: options.excludes }),
      ...(options.oneFileSystem === undefined ? {} : { oneFileSystem: options.oneFileSystem }),
    });
  };
