import { formatBytes, formatDuration } from '../platform/index.ts';

/** How long bringing something back will take, taken from a measurement. */
export interface Estimate {
  readonly seconds: number;
  /** For people: what was measured, and how the estimate follows from it. */
  readonly basis: string;
}

export interface MeasuredDrill {
  readonly recoverySeconds: number;
  /** Size of the data that was brought back then. */
  readonly bytes: number | undefined;
}

/**
 * The last passed drill, scaled up by how much the data has grown since. It is never scaled down:
 * a smaller backup may still need the same time for all that does not depend on its size.
 */
export function estimateFromDrill(drill: MeasuredDrill, bytesNow: number | undefined): Estimate {
  const measured = `the last rehearsal took ${formatDuration(drill.recoverySeconds)}`;
  const { bytes } = drill;
  if (bytes === undefined || bytes === 0 || bytesNow === undefined || bytesNow <= bytes) {
    return { seconds: drill.recoverySeconds, basis: measured };
  }
  const seconds = drill.recoverySeconds * (bytesNow / bytes);
  const grown = `${formatBytes(bytes)} then, ${formatBytes(bytesNow)} now`;
  return { seconds, basis: `${measured} (${grown})` };
}

/** Several sources are brought back one after the other; one unmeasured source makes the sum unknown. */
export function sumOfEstimates(
  parts: readonly { name: string; estimate: Estimate | undefined }[],
): Estimate | undefined {
  let seconds = 0;
  const basis: string[] = [];
  for (const { name, estimate } of parts) {
    if (estimate === undefined) return undefined;
    seconds += estimate.seconds;
    basis.push(`${name}: ${estimate.basis}`);
  }
  return basis.length === 0 ? undefined : { seconds, basis: basis.join('; ') };
}
