import type { Agent } from 'node:https';
import { request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';

const longestMs = 15_000;
/** Of the waits before it is asked again: right after a machine has started, names may not be known yet. */
const waitsMs = [1_000, 3_000];

/**
 * Whether the authority answers at all. Its library would ask for more than a minute, cannot be stopped, and then has
 * forgotten what went wrong.
 * @throws what the network said
 */
export async function reachDirectory(directory: string, agent: Agent, signal?: AbortSignal): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await answered(directory, agent, signal);
    } catch (cause) {
      signal?.throwIfAborted();
      const wait = waitsMs[tries];
      if (wait === undefined) {
        const { message, code } = cause as NodeJS.ErrnoException;
        throw new Error(`it cannot be reached: ${message || code}`, { cause });
      }
      await delay(wait, undefined, { signal });
    }
  }
}

const answered = (directory: string, agent: Agent, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const ends = AbortSignal.timeout(longestMs);
    const asked = request(directory, {
      agent,
      signal: signal === undefined ? ends : AbortSignal.any([signal, ends]),
    });
    asked.on('response', (answer) => {
      // What it answers is its library's to read.
      answer.destroy();
      resolve();
    });
    asked.on('error', reject).end();
  });
