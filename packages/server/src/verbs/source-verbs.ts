import type { Origin } from '../audit/index.ts';
import type { Consequences } from '../consequences.ts';
import type { Outage } from '../monitoring/index.ts';
import type { Rooms } from '../rooms.ts';

/** What a person settles about a source. */
export class SourceVerbs {
  readonly #rooms: Rooms;
  readonly #consequences: Consequences;

  constructor(rooms: Rooms, consequences: Consequences) {
    this.#rooms = rooms;
    this.#consequences = consequences;
  }

  /**
   * What is missing from a source was meant to go: its outage ends, and its backups count again. Undefined when
   * nothing is missing. `reason`: why it was meant, for the audit log.
   */
  async acceptChange(source: string, origin?: Origin, reason?: string): Promise<Outage | undefined> {
    const { catalog, monitoring, audit } = this.#rooms;
    const { id } = await catalog.source(source);
    const open = await monitoring.outages.openOf(id);
    if (open?.kind !== 'damaged') return undefined;
    const accepted = await monitoring.outages.accept(
      open.id,
      async (transaction, { startedAt, findings }) => {
        if (origin === undefined) return;
        const record = { action: 'source.change-accepted', origin, subject: `source:${id}` };
        const before = { missingSince: startedAt, findings: findings.length };
        const after = reason === undefined ? {} : { after: { reason } };
        await audit.append(transaction, { ...record, before, ...after });
      },
    );
    await this.#consequences.settled();
    return accepted;
  }
}
