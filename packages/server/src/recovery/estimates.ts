import type { Run, Runs } from '../backup/index.ts';
import type { Catalog } from '../catalog/index.ts';
import { type Estimate, estimateFromDrill, sumOfEstimates } from './estimate.ts';
import type { Recoveries } from './recoveries.ts';
import type { Drill } from './recovery.ts';

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
    const [drills, backups] = await Promise.all([
      this.#recoveries.lastDrillsOf(sourceIds, 'passed'),
      this.#runs.lastGoodOf(sourceIds),
    ]);
    const sources = await Promise.all(sourceIds.map((id) => this.#catalog.source(id)));
    return estimateOf(
      sources.map(({ id, name }) => ({ name, lastPassed: drills.get(id), lastGood: backups.get(id) })),
    );
  }
}

/** When sources would be back, by their newest passed drills and good backups. */
export const estimateOf = (
  sources: readonly {
    readonly name: string;
    readonly lastPassed: Drill | undefined;
    readonly lastGood: Run | undefined;
  }[],
): Estimate | undefined =>
  sumOfEstimates(
    sources.map(({ name, lastPassed, lastGood }) => ({
      name,
      estimate:
        lastPassed?.recoverySeconds === undefined
          ? undefined
          : estimateFromDrill(
              { recoverySeconds: lastPassed.recoverySeconds, bytes: lastPassed.bytes },
              lastGood?.bytesRead,
            ),
    })),
  );
