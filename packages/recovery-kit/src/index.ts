export { type CombinedKit, combineKits } from './combine-kits.ts';
export { describeKit, type KitDocument } from './document.ts';
export { RecoveryKitError, type RecoveryKitErrorCode } from './errors.ts';
export { fingerprint } from './fingerprint.ts';
export { CUSTODIANS, type Custodian, type Kit, type KitFacts, type KitSecrets, type Share } from './kit.ts';
export { renderPdf } from './render-pdf.ts';
export { renderText } from './render-text.ts';
export { combineShares, splitSecret } from './shares.ts';
export { BEGIN, END, formatKit, kitChecksum, parseKit } from './typed-form.ts';
