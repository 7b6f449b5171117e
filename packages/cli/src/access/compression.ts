import type { CompressionMode } from '@octobox/repository';
import type { Environment } from '../environment.ts';
import { UsageError } from '../errors.ts';

/** restic's later names stand for the nearest level that exists here. */
const modes: Readonly<Record<string, CompressionMode>> = {
  auto: 'auto',
  off: 'off',
  fastest: 'auto',
  better: 'max',
  max: 'max',
};

export function compressionMode(
  cli: { readonly env: Environment },
  flags: { readonly compression?: string },
): CompressionMode {
  const wanted = flags.compression ?? cli.env.compression ?? 'auto';
  const mode = Object.hasOwn(modes, wanted) ? modes[wanted] : undefined;
  if (mode === undefined) {
    throw new UsageError(`there is no compression called ${wanted}`, {
      advice: `Use one of ${Object.keys(modes).join(', ')}.`,
    });
  }
  return mode;
}
