import { parseListen } from '@octobox/server';
import { InvalidArgumentError } from 'commander';
import { UsageError } from '../errors.ts';

/** What is wrong with it as an address to serve a page on: `127.0.0.1:8420`, `8420`, `[::1]:8420`. */
function complaint(text: string): string | undefined {
  try {
    parseListen(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** For an option that takes such an address: it stays as it was given. */
export function listenAddress(text: string): string {
  const wrong = complaint(text);
  if (wrong !== undefined) throw new InvalidArgumentError(`${wrong}.`);
  return text;
}

/** The same for a verb that loads the platform only when it runs. */
export function refuseNoAddress(option: string, text: string): void {
  const wrong = complaint(text);
  if (wrong !== undefined) throw new UsageError(`${option}: ${wrong}`);
}
