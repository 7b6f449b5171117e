import type { FoundBlob, Repository, Snapshot } from '@octobox/repository';
import type { OutputFlags } from '../options/global-options.ts';
import type { Output } from '../output/output.ts';
import { localTime, shortId } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';

interface Flags extends OutputFlags {
  readonly showPackId?: boolean | undefined;
}

/** What `find` prints for ids. Lines are handed to the output at once and waited for between snapshots. */
export class BlobReport {
  readonly #out: Output;
  readonly #repository: Repository;
  readonly #flags: Flags;
  /** Each id that was found once, for the packs at the end. */
  readonly #seen = new Map<string, FoundBlob>();
  #hits = 0;

  constructor(out: Output, repository: Repository, flags: Flags) {
    this.#out = out;
    this.#repository = repository;
    this.#flags = flags;
  }

  found(snapshot: Snapshot, found: FoundBlob): void {
    const { type, id, path, parentTree } = found;
    const name = id.toString('hex');
    if (this.#flags.showPackId) this.#seen.set(`${type} ${name}`, found);
    const kind = type === 'data' ? 'blob' : 'tree';
    if (this.#flags.json) {
      const json = JSON.stringify({
        object_type: kind,
        id: name,
        path: path.toString(),
        parent_tree: parentTree?.toString('hex'),
        snapshot: snapshot.id,
        time: snapshot.time,
        ...(this.#flags.showPackId ? { pack: this.#repository.lookup(type, id)[0]?.pack } : {}),
      });
      this.#out.putSoon(`${this.#hits === 0 ? '[' : ','}${json}`);
    } else {
      const shown = printable(path.toString());
      this.#out.printSoon(`Found ${kind} ${name}`);
      if (parentTree === undefined) this.#out.printSoon(` ... path ${shown}`);
      else {
        this.#out.printSoon(` ... in file ${shown}`);
        this.#out.printSoon(`     (tree ${parentTree.toString('hex')})`);
      }
      this.#out.printSoon(` ... in snapshot ${shortId(snapshot.id)} (${localTime(snapshot.time)})`);
    }
    this.#hits++;
  }

  flush(): Promise<void> {
    return this.#out.flush();
  }

  async end(): Promise<void> {
    if (this.#flags.json) return await this.#out.print(`${this.#hits === 0 ? '[' : ''}]`);
    for (const { type, id } of this.#seen.values()) {
      const [place] = this.#repository.lookup(type, id);
      if (place === undefined) continue;
      const { pack, offset, length, uncompressedLength } = place;
      const what = `<Blob (${type}) ${shortId(id.toString('hex'))}, offset ${offset}, length ${length}, uncompressed length ${uncompressedLength}>`;
      await this.#out.print(`Object belongs to pack ${pack}`);
      await this.#out.print(` ... Pack ${shortId(pack)}: ${what}`);
    }
  }
}
