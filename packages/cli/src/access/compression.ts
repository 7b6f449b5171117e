import type { CompressionMode } from '@octobox/repository';
import type { Environment } from '../environment.ts';
import { UsageError } from '../errors.ts';

const modes: readonly CompressionMode[] = ['auto', 'off', 'fastest', 'better', 'max'];

export function compressionMode(
  cli: { readonly env: Environment },
  flags: { readonly compression?: string },
): CompressionMode {
  const wanted = flags.compression ?? cli.env.compression ?? 'auto';
  const mode = modes.find((one) => one === wanted);
  if (mode === undefined) {
    throw new UsageError(`there is no compression called ${wanted}`, {
      advice: `Use one of ${modes.join(', ')}.`,
    });
  }
  return mode;
}
