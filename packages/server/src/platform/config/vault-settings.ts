/** A program that has a private key of the vault, as `octobox.yaml` names it. */
export interface VaultKeyCommand {
  readonly command: readonly [string, ...string[]];
  readonly publicKeyFile: string;
  /** All that the program is given. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

interface Written {
  readonly command: readonly string[];
  readonly publicKeyFile: string;
  readonly environment?: readonly string[] | undefined;
  readonly timeout?: number | undefined;
}

const always = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'USER', 'LOGNAME'];
const usualTimeoutSeconds = 10;

/** The program gets the variables that are named, and of the others those that every program needs. */
export function vaultKeyCommand(
  written: Written | undefined,
  env: Readonly<Record<string, string | undefined>>,
  inData: (path: string) => string,
): VaultKeyCommand | undefined {
  const [program, ...args] = written?.command ?? [];
  if (written === undefined || program === undefined) return undefined;
  const names = [...always, ...(written.environment ?? [])];
  return {
    command: [program, ...args],
    publicKeyFile: inData(written.publicKeyFile),
    environment: Object.fromEntries(
      names
        .map((name) => [name, env[name]] as const)
        .filter((pair): pair is [string, string] => pair[1] !== undefined),
    ),
    timeoutSeconds: written.timeout ?? usualTimeoutSeconds,
  };
}
