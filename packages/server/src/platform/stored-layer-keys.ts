import { KeyFolder, type StoredLayerKeys } from '@octobox/storage';
import { readSecretLine } from './secret-file.ts';

export interface LayerKeySettings {
  /** The folder with the keys of the layers. */
  readonly layerKeys: string;
  /** With the passphrase of the identity in it; read when the identity is, and at no other time. */
  readonly agePassphraseFile: string | undefined;
}

/** Empty for a repository without layers. Read each time: keys may be changed while the platform runs. */
export async function storedLayerKeys({
  layerKeys,
  agePassphraseFile,
}: LayerKeySettings): Promise<StoredLayerKeys> {
  const folder = new KeyFolder(layerKeys);
  if (!(await folder.exists())) return {};
  if (agePassphraseFile === undefined) return await folder.layerKeys();
  return await folder.layerKeys(() => readSecretLine(agePassphraseFile, 'a passphrase'));
}
