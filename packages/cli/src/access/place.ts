/** Where a repository is, and what opens it when nothing else is said. */
export interface Place {
  readonly location: string;
  readonly passwordFile: string | undefined;
  /** The folder with the keys of its layers; absent looks into the keyring. */
  readonly layerKeys?: string | undefined;
  /** With the passphrase of the identity among them, when the command line names none. */
  readonly agePassphraseFile?: string | undefined;
  /** What its storage is told when the command line says nothing else. */
  readonly options?: ReadonlyMap<string, string>;
  readonly certificateFile?: string | undefined;
}
