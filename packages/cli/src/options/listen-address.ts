import { parseListen } from '@octobox/server';
import { InvalidArgumentError } from 'commander';

/** Where a page is served, as it was given once it was understood: `127.0.0.1:8420`, `8420`, `[::1]:8420`. */
export function listenAddress(text: string): string {
  try {
    parseListen(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
  return text;
}
