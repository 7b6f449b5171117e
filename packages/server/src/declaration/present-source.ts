import { parseLocation } from '@octobox/sources';
import type { SourceAtRest } from '../catalog/index.ts';
import type { DeclaredSource } from './declared.ts';
import { readRhythm } from './rhythm.ts';

/** A source of the catalog in the spelling that a file is read into, so that both can be compared. */
export type PresentSource = Pick<
  DeclaredSource,
  'location' | 'paths' | 'excludes' | 'oneFileSystem' | 'scratchServer' | 'schedule' | 'drillSchedule'
>;

export function presentSource({
  kind,
  location,
  options,
  schedule,
  drillSchedule,
}: SourceAtRest): PresentSource {
  const isFiles = kind === 'files';
  return {
    location: oneSpelling(location),
    paths: (isFiles ? options.paths : undefined) ?? [],
    excludes: (isFiles ? options.excludes : undefined) ?? [],
    oneFileSystem: isFiles && options.oneFileSystem === true,
    scratchServer:
      kind === 'postgresql' && options.scratchServer !== undefined
        ? oneSpelling(options.scratchServer)
        : undefined,
    schedule: rhythmOf(schedule),
    drillSchedule: rhythmOf(drillSchedule),
  };
}

function oneSpelling(location: string): string {
  try {
    return parseLocation(location).location;
  } catch {
    // What an earlier version took and this one does not read is another address than any that is declared.
    return location;
  }
}

function rhythmOf(expression: string | undefined): string | null {
  if (expression === undefined) return null;
  try {
    return readRhythm(expression);
  } catch {
    return expression;
  }
}
