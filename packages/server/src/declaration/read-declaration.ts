import { ConfigError, type Locate, readYaml } from '../platform/index.ts';
import type { Declaration, DeclaredService, DeclaredSource } from './declared.ts';
import { refuseProblems } from './problems.ts';
import { readService } from './read-service.ts';
import { Reading } from './reading.ts';
import type { References } from './references.ts';

export interface DeclarationFile {
  /** For messages. */
  readonly file: string;
  readonly text: string;
  readonly references: References;
  /** The platform's own configuration file: it has settings as well, which are read elsewhere. */
  readonly isConfiguration: boolean;
}

/**
 * Reads the section `services` of a file; looks at nothing but the file and what its references stand
 * for.
 * @throws DeclarationError with all that is wrong, each with line and column; never with a secret
 */
export async function readDeclaration(input: DeclarationFile): Promise<Declaration> {
  const { value, locate, locateKey } = readYaml(input.text, input.file);
  const services = servicesIn(value, input, locate);
  if (!input.isConfiguration) refuseSettings(value, locateKey);
  if (!(services instanceof Map)) {
    throw new ConfigError(locate(['services']), '"services": expected services by their slug');
  }
  const reading = new Reading({ locate, locateKey, references: input.references });
  const read: DeclaredService[] = [];
  for (const [slug, content] of services) read.push(...(await readService(reading, String(slug), content)));
  refuseSameNames(reading, read);
  if (reading.problems.length > 0) refuseProblems([...reading.problems, ...reading.doubts]);
  return { file: input.file, services: read };
}

function servicesIn(value: unknown, { isConfiguration }: DeclarationFile, locate: Locate): unknown {
  const services = value instanceof Map ? value.get('services') : undefined;
  if (services !== undefined && services !== null) return services;
  throw new ConfigError(locate(['services']), 'it says nothing of services', {
    advice: isConfiguration
      ? 'Write a section `services:` into it, or name another file; `octobox export` writes what there is.'
      : 'Write `services:`, and under it what is protected; `octobox export` writes what there is. Where all shall go: `services: {}`.',
  });
}

function refuseSettings(value: unknown, locateKey: Locate): void {
  const other = value instanceof Map ? [...value.keys()].find((key) => key !== 'services') : undefined;
  if (other === undefined) return;
  throw new ConfigError(locateKey([String(other)]), `"${other}" does not belong here`, {
    advice:
      "A file that is not the platform's own configuration holds `services` alone. When it is meant to be that: --config FILE.",
  });
}

/** Names of sources are unique in the whole platform. */
function refuseSameNames(reading: Reading, services: readonly DeclaredService[]): void {
  const seen = new Map<string, DeclaredSource>();
  for (const source of services.flatMap(({ sources }) => sources)) {
    const other = seen.get(source.name);
    if (other === undefined) seen.set(source.name, source);
    else
      reading.problem(
        source.at(),
        `there is a source "${source.name}" in the service ${other.service} already`,
      );
  }
}
