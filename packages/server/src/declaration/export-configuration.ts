import { type Document, isAlias, isNode, visit } from 'yaml';
import type { Catalog, CatalogSnapshot } from '../catalog/index.ts';
import { ConfigError, readYaml, ServerError } from '../platform/index.ts';
import { compareSecrets } from './compare-secrets.ts';
import { makePlan } from './make-plan.ts';
import { patchServices } from './patch-services.ts';
import type { Plan } from './plan.ts';
import { readDeclaration } from './read-declaration.ts';
import type { References } from './references.ts';
import { servicesNode } from './services-node.ts';

/** Default objectives depend on each other: what a patch shows is patched in the next round. */
const mostRounds = 4;

/**
 * The text of a configuration file whose services are those of the catalog. Settings and remarks of the text that
 * was stay, and so do references, remarks and spellings in its services where they say what is true. Where those
 * cannot be read they are written anew.
 */
export async function exportConfiguration(
  catalog: Catalog,
  before: { readonly file: string; readonly text: string },
  references: References,
): Promise<string> {
  const snapshot = await catalog.snapshot();
  const { document } = readYaml(before.text, before.file);
  if (canBePatched(document)) {
    for (let round = 0; round < mostRounds; round++) {
      const plan = await planOf(catalog, snapshot, { file: before.file, text: textOf(document) }, references);
      if (plan === undefined) break;
      if (plan.steps.length === 0) return round === 0 ? before.text : textOf(document);
      patchServices(document, snapshot, plan);
    }
  }
  const anew = readYaml(before.text, before.file).document;
  const earlier = anew.contents === null ? undefined : anew.get('services', true);
  const services = servicesNode(anew, snapshot, earlier);
  if (isNode(earlier)) services.commentBefore = earlier.commentBefore ?? null;
  if (anew.contents === null) anew.contents = anew.createNode({ services });
  else anew.set('services', services);
  return textOf(anew, before.file);
}

function textOf(document: Document, file = ''): string {
  try {
    return document.toString({ lineWidth: 0 });
  } catch (error) {
    throw new ConfigError({ file }, `cannot be written again: ${(error as Error).message}`, {
      cause: error,
      advice: 'A setting names something within `services:` by an alias: write it out there.',
    });
  }
}

/** What would be changed in the catalog; undefined when nobody can tell. */
async function planOf(
  catalog: Catalog,
  snapshot: CatalogSnapshot,
  at: { file: string; text: string },
  references: References,
): Promise<Plan | undefined> {
  try {
    const declaration = await readDeclaration({ ...at, references, isConfiguration: true });
    const isSame = await compareSecrets(catalog, declaration, snapshot);
    return makePlan(declaration, snapshot, { prune: true, isSame });
  } catch (error) {
    if (error instanceof ServerError) return undefined;
    throw error;
  }
}

/** What is shared by aliases cannot be changed for one of them. */
function canBePatched(document: Document): boolean {
  const services = document.get('services', true);
  if (!isNode(services)) return false;
  let isShared = isAlias(services);
  visit(services, {
    Node(_, node) {
      isShared ||= isAlias(node) || node.anchor !== undefined;
    },
  });
  return !isShared;
}
