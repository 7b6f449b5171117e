import { interrupted } from './network-errors.ts';
import type { Pace } from './pace.ts';

/** Gathers a body that must have exactly `length` bytes; grows with what comes, whatever was announced. */
export async function collect(
  body: AsyncIterable<Uint8Array>,
  options: { length: number; location: string; pace: Pace; signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  const { length, location, pace, signal } = options;
  const parts: Uint8Array[] = [];
  let gathered = 0;
  for await (const chunk of body) {
    for await (const part of pace.down(chunk, signal)) {
      gathered += part.length;
      if (gathered > length) throw interrupted(location, `more than the ${length} bytes of an answer came`);
      parts.push(part);
    }
  }
  if (gathered < length) throw interrupted(location, `${gathered} of the ${length} bytes of an answer came`);
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, length);
}
