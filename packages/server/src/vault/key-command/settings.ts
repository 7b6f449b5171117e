/** A program that unwraps with a private key that this machine does not have: in a token, a security module, a key service. */
export interface KeyCommandSettings {
  /** A program and its arguments; no shell reads them. Everybody on this machine sees them: never a secret. */
  readonly command: readonly [string, ...string[]];
  /** PEM file of the public half: all that sealing needs, and what says which key it is. */
  readonly publicKeyFile: string;
  /** What the program finds in its environment, besides `PATH`, `HOME` and their like. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}
