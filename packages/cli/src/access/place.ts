/** Where a repository is, and what opens it when nothing else is said. */
export interface Place {
  readonly location: string;
  readonly passwordFile: string | undefined;
}
