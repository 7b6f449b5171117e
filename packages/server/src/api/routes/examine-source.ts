import { type ParsedLocation, parseLocation, SourceError } from '@octobox/sources';
import type { NewSource } from '../../catalog/index.ts';
import { InvalidError, type OutgoingAddresses } from '../../platform/index.ts';

/** Of a server that does not answer nobody waits longer to hear it. */
const longestMs = 15_000;

/**
 * Looks whether a source can be captured, before it is kept: one that was mistyped would be told to customers as
 * missing.
 * @throws InvalidError naming a field that is no location of its kind; SourceError saying what is wrong with the
 *   source; ServerError `server.address-refused`
 */
export async function examineSource(
  { kind, location, options = {}, password }: Looked,
  outgoing: OutgoingAddresses,
): Promise<void> {
  const hasScheme = kind !== 'sqlite' || location.startsWith('sqlite:');
  const parsed = parsedAs(kind, 'location', hasScheme ? location : `sqlite:${location}`);
  const { excludes, oneFileSystem, paths, scratchServer } = options;
  // Drills alone connect to it: an address that is never reached is not found out days later.
  const scratch =
    scratchServer === undefined ? undefined : parsedAs(kind, 'options.scratchServer', scratchServer).host;
  if (scratch !== undefined) await outgoing.find(scratch);
  const source = parsed.create({
    reach: (host) => outgoing.find(host),
    ...(excludes === undefined ? {} : { excludes }),
    ...(oneFileSystem === undefined ? {} : { oneFileSystem }),
    ...(paths === undefined ? {} : { morePaths: paths }),
    ...(password === undefined ? {} : { password }),
  });
  await source.preflight({ signal: AbortSignal.timeout(longestMs) });
}

function parsedAs(kind: ParsedLocation['kind'], field: string, text: string): ParsedLocation {
  let parsed: ParsedLocation;
  try {
    parsed = parseLocation(text);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { message, advice } = error;
    throw new InvalidError(field, message, { cause: error, ...(advice === undefined ? {} : { advice }) });
  }
  if (parsed.kind !== kind) throw new InvalidError(field, `this is no location of the kind ${kind}`);
  return parsed;
}

type Looked = Pick<NewSource, 'kind' | 'location' | 'options' | 'password'>;
