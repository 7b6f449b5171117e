import type { FoundNode, Snapshot } from '@octobox/repository';
import type { OutputFlags } from '../options/global-options.ts';
import { foundNodeJson } from '../output/node-json.ts';
import { type NodeLineOptions, nodeLine } from '../output/node-line.ts';
import type { Output } from '../output/output.ts';
import { localTime, shortId } from '../output/quantities.ts';

/** What `find` prints for files: lines below each snapshot's heading, or restic's one JSON list, piece by piece. */
export class NameReport {
  readonly #out: Output;
  readonly #flags: OutputFlags & Omit<NodeLineOptions, 'forTerminal'>;
  #snapshot: Snapshot | undefined;
  #hits = 0;

  constructor(out: Output, flags: OutputFlags & Omit<NodeLineOptions, 'forTerminal'>) {
    this.#out = out;
    this.#flags = flags;
  }

  async found(snapshot: Snapshot, found: FoundNode): Promise<void> {
    const isNext = snapshot !== this.#snapshot;
    if (this.#flags.json) {
      if (isNext) await this.#out.put(`${this.#closing(',') || '['}{"matches":[`);
      await this.#out.put(`${isNext ? '' : ','}${foundNodeJson(found)}`);
    } else {
      if (isNext) await this.#head(snapshot);
      await this.#out.print(nodeLine(found, { ...this.#flags, forTerminal: this.#out.isTerminal }));
    }
    this.#hits = isNext ? 1 : this.#hits + 1;
    this.#snapshot = snapshot;
  }

  async end(): Promise<void> {
    if (this.#flags.json) await this.#out.print(`${this.#closing('') || '['}]`);
  }

  async #head({ id, time }: Snapshot): Promise<void> {
    if (this.#flags.quiet) return;
    if (this.#snapshot !== undefined) await this.#out.print('');
    await this.#out.print(`Found matching entries in snapshot ${shortId(id)} from ${localTime(time)}`);
  }

  #closing(end: string): string {
    return this.#snapshot === undefined
      ? ''
      : `],"hits":${this.#hits},"snapshot":"${this.#snapshot.id}"}${end}`;
  }
}
