import { once } from 'node:events';
import { chooseShop } from '../company/choose-shop.ts';
import { Company } from '../company/company.ts';
import type { CompanyProgress } from '../company/shop.ts';
import type { CompanySize } from '../company/size.ts';
import type { Teller } from '../telling/teller.ts';
import { TemporaryFolder } from '../temporary-folder.ts';
import { backUpTwice } from './backups.ts';
import { sufferAndRecover } from './disaster.ts';
import { rehearseBoth } from './rehearsal.ts';
import { parts, type Scene } from './scene.ts';
import { openPage, raisePlatform, setStage } from './stage.ts';
import { sumUp } from './summary.ts';

export interface StoryOptions {
  readonly teller: Teller;
  readonly signal: AbortSignal;
  /** Ends after the closing table instead of staying up. */
  readonly once: boolean;
  /** Leaves the folder with the repository and the files in place. */
  readonly keep: boolean;
  /** `host:port` of the public page. */
  readonly listen: string | undefined;
  /** Undefined: PostgreSQL where it can be had. */
  readonly shop: 'postgresql' | 'sqlite' | undefined;
  readonly size: CompanySize;
  readonly ordersPerSecond: number;
}

async function foundCompany(folder: string, options: StoryOptions): Promise<Company> {
  const { teller, signal, size, ordersPerSecond } = options;
  const during = <T>(work: (onProgress: CompanyProgress) => Promise<T>): Promise<T> =>
    teller.during((update) => work((step, done, total, unit) => update({ step, done, total, unit })));
  const shop =
    options.shop ??
    (await during((onProgress) =>
      chooseShop({ signal, say: (text) => teller.tell({ type: 'note', text }), onProgress }),
    ));
  const started = performance.now();
  const company = await during((onProgress) =>
    Company.found({ folder, shop, size, ordersPerSecond, signal, onProgress }),
  );
  await teller.tell({
    ...{ type: 'company', database: company.shop.description, ordersPerSecond },
    ...{ tables: company.shop.tables, partitions: company.shop.partitions, rows: company.shop.rows },
    ...{ files: company.files.files, bytes: company.files.bytes },
    seconds: Math.round(performance.now() - started) / 1000,
  });
  return company;
}

/** Keeps everything running until somebody has seen enough. */
async function stayUp({ teller, url, sources }: Scene, { signal, keep }: StoryOptions): Promise<void> {
  const schedules = parts.map((part) => `the ${part} ${sources[part].schedule ?? 'on demand'}`);
  await teller.tell({ type: 'staying', url, schedules, kept: keep });
  if (!signal.aborted) await once(signal, 'abort');
}

/**
 * The whole story, from an empty folder to an empty folder. Rejects when a step fails or the signal is
 * aborted before the closing table; in every case all that was started is stopped and the folder gone.
 */
export async function tellStory(options: StoryOptions): Promise<void> {
  const { teller, signal, keep } = options;
  let folder: string;
  {
    await using place = await TemporaryFolder.create({ keep });
    folder = place.path;
    await teller.tell({ type: 'opening', folder, keep });
    // First of all, so that an address that is taken or makes no sense is known at once.
    await using raised = new AsyncDisposableStack();
    const platform = raised.use(
      await teller.during((update) => {
        update({ step: 'opening Octobox', done: 0, total: 1, unit: 'platform' });
        return raisePlatform(folder, options.listen);
      }),
    );
    const url = await openPage(platform);
    await using company = await foundCompany(folder, options);
    // From here on it stops before the company closes, and does not take the end for a disaster.
    await using _ = raised.move();
    await teller.tell({ type: 'page', url });
    await company.open(signal);
    const scene = await setStage({ company, platform, teller, url, signal });

    const runs = await backUpTwice(scene);
    const drills = await rehearseBoth(scene);
    const recovered = await sufferAndRecover(scene);
    await sumUp(scene, runs, drills, recovered);
    if (!options.once) await stayUp(scene, options);
  }
  await teller.tell({ type: 'closing', folder, keep });
}
