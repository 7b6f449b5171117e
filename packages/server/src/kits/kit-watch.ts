import type { Catalog } from '../catalog/index.ts';
import type { OffSite } from '../offsite/index.ts';
import { type Clock, type Config, type Emitter, type Log, Recurring } from '../platform/index.ts';
import type { PromiseState } from '../trust/schema.ts';
import type { KitFact } from './facts.ts';
import { judgeKit } from './judge-kit.ts';
import { type KitLook, lookAtKit } from './look-at-kit.ts';
import { OffSiteKeys, PrimaryKeys } from './repository-keys.ts';
import type { SeenKit } from './seen-kit.ts';

/** What was seen is shown for so long: a look may cross a network. */
const lookEveryMs = 60_000;

/** Watches whether what opens the backups when nothing else is left was proved, and still fits. */
export class KitWatch {
  readonly #clock: Clock;
  readonly #events: Emitter<KitFact>;
  readonly #catalog: Catalog;
  readonly #offSite: OffSite;
  readonly #primary: PrimaryKeys;
  readonly #elsewhere: readonly OffSiteKeys[];
  readonly #told = new Map<string | undefined, PromiseState>();
  #looks: { readonly at: number; readonly all: Promise<KitLook[]> } | undefined;
  readonly recurring: Recurring;

  constructor(options: {
    config: Config;
    clock: Clock;
    log: Log;
    events: Emitter<KitFact>;
    catalog: Catalog;
    offSite: OffSite;
  }) {
    const { config } = options;
    this.#clock = options.clock;
    this.#events = options.events;
    this.#catalog = options.catalog;
    this.#offSite = options.offSite;
    this.#primary = new PrimaryKeys(config);
    this.#elsewhere = config.offsite.map((settings) => new OffSiteKeys(config, settings));
    this.recurring = new Recurring({
      everyMs: lookEveryMs,
      clock: options.clock,
      log: options.log,
      failure: 'recovery kits cannot be watched',
      turn: () => this.tell(),
    });
  }

  /** As they are now, those of the primary repository first; none as long as nothing is protected. */
  async current(): Promise<SeenKit[]> {
    const [begin] = (await this.#catalog.sources()).map(({ createdAt }) => createdAt).sort();
    if (begin === undefined) return [];
    const looks = await this.#look();
    return await Promise.all(
      looks.map(async ({ repository, record, troubles }) => {
        const known = repository === undefined ? undefined : await this.#offSite.book.knownSince(repository);
        const since = known !== undefined && known > begin ? known : begin;
        return {
          ...(repository === undefined ? {} : { repository }),
          ...judgeKit({ since, madeAt: record?.madeAt, troubles }, this.#clock.now()),
          ...(record === undefined ? {} : { madeAt: record.madeAt }),
          ...(record?.verified === undefined ? {} : { verifiedAt: record.verified.at }),
        };
      }),
    );
  }

  async #look(): Promise<KitLook[]> {
    const at = this.#clock.now().getTime();
    if (this.#looks === undefined || Math.abs(at - this.#looks.at) >= lookEveryMs) {
      const all = [this.#primary, ...this.#elsewhere].map((keys) => lookAtKit(keys, at));
      this.#looks = { at, all: Promise.all(all) };
    }
    return await this.#looks.all;
  }

  /** Tells every state that is another than the one told last. */
  async tell(): Promise<void> {
    for (const kit of await this.current()) {
      const from = this.#told.get(kit.repository);
      if (from === kit.state) continue;
      this.#told.set(kit.repository, kit.state);
      this.#events.emit({ type: 'kit.changed', kit, from });
    }
  }
}
