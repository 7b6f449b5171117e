import { z } from '@hono/zod-openapi';
import type { Repository } from '@octobox/repository';
import { RepositoryMissingError } from '@octobox/repository/errors';
import type { StandingLock } from '@octobox/repository/locks';
import { Held, ServerError } from '../../../platform/index.ts';
import type { Operations } from '../../operations.ts';
import { pageOfAll, pageQuery, pageShape } from '../../requests/page.ts';
import { lockRemovalShape, lockShape, removedLocksShape } from '../../shapes/lock.ts';
import type { ApiRooms } from '../rooms.ts';

const tag = 'Repositories';

/** Who works on the platform's repository by the locks that lie there, and taking away those of who is gone. */
export function addLocks(operations: Operations, rooms: ApiRooms): void {
  const { keeper, clock, database, audit, runs } = rooms;

  const inRepository = async <T>(work: (repository: Repository) => Promise<T>): Promise<T> => {
    const repository = await keeper.open();
    try {
      return await work(repository);
    } finally {
      await repository.close();
    }
  };

  /** Many screens ask again and again, and each look opens the repository. */
  const listed = new Held({
    clock,
    async make() {
      const { standingLocks } = await import('@octobox/repository/locks');
      const standing = await inRepository(standingLocks).catch(async (error: unknown) => {
        // The first backup makes it; one that held a backup is away, and who works on it nobody knows.
        const isNew = (await runs.list({ state: 'succeeded', limit: 1 })).length === 0;
        if (error instanceof RepositoryMissingError && isNew) return [];
        throw error;
      });
      return standing.map(presentLock);
    },
  });

  operations.add(
    {
      id: 'listLocks',
      method: 'get',
      path: '/locks',
      tag,
      summary: "Locks on the platform's repository: who works on it, or did and is gone",
      permission: 'repositories.read',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of locks', shape: pageShape(lockShape) },
    },
    async ({ query }) => {
      const locks = await listed.get();
      return { status: 200, body: pageOfAll('locks', locks, query, ({ id }) => id) };
    },
  );
  operations.add(
    {
      id: 'removeLocks',
      method: 'post',
      path: '/lock-removals',
      tag,
      summary: "Take locks away from the platform's repository",
      description:
        'Needs a fresh proof of who asks, which no key can give: it is done in the console, or with `octobox unlock` on the machine of the platform. Those of killed processes of the platform go with the next backup by themselves.',
      permission: 'repositories.change',
      body: lockRemovalShape,
      answer: { status: 200, description: 'What is left', shape: removedLocksShape },
    },
    async ({ caller, body: { locks: wanted, inUse }, requireStill }) => {
      const { removeNamedLocks, standingLocks } = await import('@octobox/repository/locks');
      return await inRepository(async (repository) => {
        const asked = new Set(wanted);
        const standing = (await standingLocks(repository)).filter(({ id }) => asked.has(id));
        const used = standing.filter(({ isStale }) => !isStale);
        const [first] = used;
        if (first !== undefined && !inUse) throw stillUsed(first);
        if (standing.length > 0) {
          await database.change(async (transaction) => {
            await requireStill(transaction);
            await audit.append(transaction, {
              action: 'unlock.asked',
              origin: caller.origin,
              subject: 'repository:primary',
              after: { locks: standing.length, inUse: used.length },
            });
          });
        }
        const { removed } = await removeNamedLocks(
          repository,
          standing.map(({ id }) => id),
        );
        listed.drop();
        const left = (await standingLocks(repository)).map(presentLock);
        return { status: 200, body: { removed, left } };
      });
    },
  );
}

function presentLock({ id, isStale: stale, content }: StandingLock): z.output<typeof lockShape> {
  if (content === undefined) return { id, stale };
  const { exclusive, hostname, username, pid, time } = content;
  return { id, stale, exclusive, hostname, username, pid, refreshedAt: new Date(time).toISOString() };
}

function stillUsed({ id, content }: StandingLock): ServerError {
  const short = id.slice(0, 8);
  const whose =
    content === undefined
      ? 'cannot be read'
      : `is of process ${content.pid} on ${content.hostname}, which may work`;
  return new ServerError('server.under-way', `the lock ${short} ${whose}`, {
    advice: 'Wait until it has finished, or say that locks in use are meant, too (`inUse`).',
  });
}
