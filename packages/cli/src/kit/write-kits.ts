import { mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describeKit, type Kit, RecoveryKitError, renderPdf, renderText } from '@octobox/recovery-kit';
import { syncFolder } from '@octobox/storage/kinds';
import { type AgeRecipient, encryptSmall } from '@octobox/storage/layers';

export interface WriteKitsOptions {
  readonly folder: string;
  /** Of the encrypted files; without any there are none. */
  readonly recipients: readonly AgeRecipient[];
  /** PDF and text, which everybody can read. */
  readonly plain: boolean;
}

/** `kit-1a2b3c4d-server`, the same for all files of a kit. */
export const kitName = ({ set, custodian, secrets: { ageShare } }: Kit): string =>
  `kit-${set}-${custodian}${ageShare === undefined ? '' : `-share-${ageShare.number}`}`;

/**
 * Writes the files of all kits into a new folder, all of them or none, for their owner only. An existing folder is
 * never touched.
 * @returns the names of the files
 */
export async function writeKits(kits: readonly Kit[], options: WriteKitsOptions): Promise<string[]> {
  const { folder, recipients, plain } = options;
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}.new-`);
  try {
    for (const kit of kits) {
      const document = describeKit(kit);
      const text = Buffer.from(renderText(document));
      const path = join(fresh, kitName(kit));
      if (plain) {
        await writeSecret(`${path}.txt`, text);
        await writeSecret(`${path}.pdf`, await renderPdf(document));
      }
      if (recipients.length > 0) await writeSecret(`${path}.age`, encryptSmall(text, recipients));
    }
    await syncFolder(fresh);
    // An empty folder would be replaced; what is in one that is not empty stays.
    await rename(fresh, folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(code)) throw error;
    throw new RecoveryKitError('kit.exists', `${folder} exists already`, {
      cause: error,
      advice: 'Name another folder with --output; kits are never overwritten.',
    });
  }
  return (await readdir(folder)).sort();
}

async function writeSecret(path: string, content: Buffer): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(content);
  await file.sync();
}
