/** Which packs a check reads when it does not read all of them. */
import { RepositoryError } from '../errors.ts';

/** `2/5` is the second of five fixed parts; `2.5%` is that share of the packs, chosen anew each time; or bytes. */
export type ReadDataSubset = string | number;

export class InvalidSubsetError extends RepositoryError {
  constructor(subset: ReadDataSubset) {
    super('repository.invalid-subset', `${JSON.stringify(subset)} is no part of the data`, {
      advice: 'Give n/t with t up to 256, a share such as 2.5%, or a number of bytes.',
    });
  }
}

/** Parts are formed by the first byte of the name, so there cannot be more. */
const mostParts = 256;

/** @throws InvalidSubsetError */
export function selectSubset<P extends { readonly name: string; readonly size: number }>(
  packs: readonly P[],
  subset: ReadDataSubset,
): P[] {
  if (typeof subset === 'number') return bytesOf(packs, subset);
  const parts = /^([0-9]+)\/([0-9]+)$/.exec(subset);
  if (parts !== null) {
    const [part, all] = [Number(parts[1]), Number(parts[2])];
    if (part < 1 || part > all || all > mostParts) throw new InvalidSubsetError(subset);
    return packs.filter(({ name }) => Number.parseInt(name.slice(0, 2), 16) % all === part - 1);
  }
  const percent = Number(/^([0-9]+(?:\.[0-9]+)?)%$/.exec(subset)?.[1]);
  if (!(percent > 0 && percent <= 100)) throw new InvalidSubsetError(subset);
  const count = Math.max(1, Math.floor((packs.length * percent) / 100));
  return shuffled(packs).slice(0, count);
}

function bytesOf<P extends { readonly size: number }>(packs: readonly P[], bytes: number): P[] {
  if (!(bytes > 0)) throw new InvalidSubsetError(bytes);
  let left = bytes;
  return shuffled(packs).filter(({ size }, at) => {
    const isTaken = at === 0 || size <= left;
    if (isTaken) left -= size;
    return isTaken;
  });
}

function shuffled<P>(packs: readonly P[]): P[] {
  const order = [...packs];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [order[last], order[other]] = [order[other] as P, order[last] as P];
  }
  return order;
}
