/** Changing the keys of the layers. */
export type { RekeyOptions, RekeyProgress, RekeyResult } from '../layers/rekey/rekey.ts';
export { type RenewKeys, renewCrypt } from '../layers/rekey/renew-crypt.ts';
export { mendReplacements } from '../layers/rekey/replace-file.ts';
export { type RewrapKeys, rewrapAge } from '../layers/rekey/rewrap-age.ts';
export {
  isSameRewrap,
  isWrittenForOthers,
  type RecipientsChange,
} from '../layers/rekey/unfinished-rewrap.ts';
