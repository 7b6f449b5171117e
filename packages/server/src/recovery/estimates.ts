import type { Runs } from '../backup/index.ts';
import type { Catalog } from '../catalog/index.ts';
import { type Estimate, estimateFromDrill, sumOfEstimates } from './estimate.ts';
import type { Recoveries } from './recoveries.ts';

/** Answers "when will it be back?" from measured drills; undefined when a source was never rehearsed. */
export class Estimates {
  readonly #catalog: Catalog;
  readonly #runs: Runs;
  readonly #recoveries: Recoveries;

  constructor(options: { catalog: Catalog; runs: Runs; recoveries: Recoveries }) {
    this.#catalog = options.catalog;
    this.#runs = options.runs;
    this.#recoveries = options.recoveries;
  }

  async forSources(sourceIds: readonly string[]): Promise<Estimate | undefined> {
    const parts = await Promise.all(
      sourceIds.map(async (sourceId) => {
        const source = await this.#catalog.source(sourceId);
        const drill = await this.#recoveries.lastDrill(sourceId, ['passed']);
        const backup = await this.#runs.lastGood(sourceId);
        return {
          name: source.name,
          estimate:
            drill?.recoverySeconds === undefined
              ? undefined
              : estimateFromDrill(
                  { recoverySeconds: drill.recoverySeconds, bytes: drill.bytes },
                  backup?.bytesRead,
                ),
        };
      }),
    );
    return sumOfEstimates(parts);
  }
}
