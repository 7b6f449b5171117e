import { Repository } from '@octobox/repository/store';
import type { Storage } from '@octobox/storage';
import type { KeyFolder, StoredLayerKeys } from '@octobox/storage/keyring';
import { withLayers } from '@octobox/storage/layers';
import { foundLayers, openLayers, openStorage } from '@octobox/storage/open';
import {
  mendReplacements,
  type RekeyOptions,
  type RekeyProgress,
  type RekeyResult,
} from '@octobox/storage/rekey';
import { CliError } from '../errors.ts';
import type { OutputFlags, RepositoryFlags } from '../options/global-options.ts';
import { plural } from '../output/quantities.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import { resolvePassword } from '../password/password.ts';
import type { Cli } from '../verb.ts';
import { enterAct, type RepositoryAct } from './enter-act.ts';
import { keyFolder, layerKeys } from './layer-keys.ts';
import { findRepository } from './location.ts';
import { lockRepository, passwordFlags } from './open-repository.ts';
import { storageOptions } from './storage-options.ts';

/** One change of keys, in steps that a crash may separate. */
export interface KeyChange {
  /** For the audit log, where the repository is the platform's. */
  readonly asked: RepositoryAct['after'];
  /** The keys that hold from now on: they write anew, and open what was written with the earlier ones too. */
  begin(folder: KeyFolder, keys: StoredLayerKeys, base: Storage): Promise<StoredLayerKeys>;
  /** Under the lock: what is to be kept before the first file is touched. */
  commit(folder: KeyFolder): Promise<void>;
  run(base: Storage, keys: StoredLayerKeys, options: RekeyOptions): Promise<RekeyResult>;
  /** After every file was done. */
  end(folder: KeyFolder): Promise<void>;
}

/** Runs a change of keys on a repository that nobody else uses meanwhile. Gives the folder with the keys. */
export async function changeKeys(
  cli: Cli,
  flags: RepositoryFlags & OutputFlags,
  change: KeyChange,
): Promise<{ result: RekeyResult; folder: KeyFolder }> {
  const place = await findRepository(cli, flags);
  const base = await openStorage(place.location, storageOptions(cli, flags));
  try {
    const folder = keyFolder(cli, flags, { location: base.location, layerKeys: place.layerKeys });
    if (!(await folder.exists())) {
      throw new CliError(
        'cli.layer-key-missing',
        `there is no folder with the keys of ${base.location}: ${folder.path}`,
        {
          advice: 'New keys are written into that folder; name the one of this repository with --layer-keys.',
        },
      );
    }
    const signal = { signal: cli.signal };
    // Cut off in the moment between the old config file and the new one: without it nothing can be opened.
    if ((await foundLayers(base, cli.signal)).length === 0) await mendReplacements(base, signal, ['config']);
    const password = await resolvePassword(cli, passwordFlags(place, flags), {
      isNew: false,
      location: base.location,
    });
    const stored = await layerKeys(cli, flags, folder);
    // Proves that password and keys are the right ones, before anything is changed.
    const opened = await Repository.open(await openLayers(base, stored, cli.signal), { password, ...signal });
    // First: keys are written at once, and what follows may be cut off.
    await enterAct(cli, place, { action: 'layers.asked', after: change.asked });
    const keys = await change.begin(folder, stored, base);
    // Its lock is written with the new keys, and so is not in the way.
    const repository = await Repository.open(await withLayers(base, keys), {
      password: '',
      keys: opened.keys,
      ...signal,
    });
    await using lock = await lockRepository(cli, repository, 'exclusive', { ...flags, lock: true });
    await mendReplacements(base, { signal: lock.signal });
    await change.commit(folder);
    const result = await runWithProgress(cli, flags, (onProgress) =>
      change.run(base, keys, { signal: lock.signal, onProgress }),
    );
    if (result.damaged.length === 0) await change.end(folder);
    return { result, folder };
  } finally {
    await base.close();
  }
}

async function runWithProgress<Result>(
  cli: Cli,
  flags: OutputFlags,
  run: (onProgress: (progress: RekeyProgress) => void) => Promise<Result>,
): Promise<Result> {
  await using progress = startVerbProgress(cli, flags);
  return await run(({ bytesDone, bytesTotal, done, total }) =>
    progress.update({
      step: 'changing keys',
      done: bytesDone,
      total: bytesTotal,
      unit: 'bytes',
      detail: `${done} of ${total} files`,
    }),
  );
}

/** Tells what was done; a file that could not be opened makes it a failure. */
export async function reportKeyChange(
  cli: Cli,
  flags: OutputFlags,
  { files, rewritten, damaged }: RekeyResult,
  more: { readonly json: object; readonly lines: readonly string[] },
): Promise<void> {
  if (flags.json) {
    await cli.out.printJson({
      message_type: 'keys_changed',
      files,
      rewritten,
      damaged: damaged.map(({ file, problem }) => ({ kind: file.kind, name: file.name, problem })),
      ...more.json,
    });
  } else {
    await cli.out.print(`${plural(files, 'file')}, of which ${rewritten} written anew`);
    if (!flags.quiet) for (const line of more.lines) cli.out.say(line);
  }
  if (damaged.length === 0) return;
  for (const { problem } of damaged) cli.out.say(`octobox: ${problem}`);
  throw new CliError(
    'cli.findings',
    `${plural(damaged.length, 'file')} could not be opened and stayed as they are`,
    {
      advice: 'Run check to see what is affected; the earlier keys are kept as long as they are needed.',
    },
  );
}
