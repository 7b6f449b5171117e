/** How far a step is; `total` is absent as long as nobody knows it. */
export interface ProgressState {
  /** A few words: "reading files". */
  readonly step: string;
  readonly done: number;
  readonly total?: number | undefined;
  /** `bytes` are shown as KiB, MiB …; anything else is a noun in the plural: "packs". */
  readonly unit: 'bytes' | (string & {});
  /** Files that are done, where bytes are counted: those of many small or empty files say little. */
  readonly files?: number | undefined;
  readonly filesTotal?: number | undefined;
  /** What is in hand right now, shown where there is room for it. */
  readonly detail?: string | undefined;
}

export interface Progress<State extends ProgressState = ProgressState> extends AsyncDisposable {
  /** Called as often as one likes; what is shown is throttled here. */
  update(state: State): void;
}
