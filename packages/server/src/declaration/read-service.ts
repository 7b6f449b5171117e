import { isSlug, longestName, tierObjectives } from '../catalog/index.ts';
import type { DeclaredService, DeclaredSource, FieldPlace } from './declared.ts';
import { serviceFields } from './fields.ts';
import { readSource } from './read-source.ts';
import type { Reading } from './reading.ts';

/** None, and problems, when it cannot be used. */
export async function readService(
  reading: Reading,
  slug: string,
  content: unknown,
): Promise<[DeclaredService] | []> {
  const path = ['services', slug];
  const at: FieldPlace = (field) =>
    field === undefined ? reading.locateKey(path) : reading.locate([...path, field]);
  if (slug.length > longestName) {
    reading.problem(at(), `a slug has at most ${longestName} characters`);
  } else if (!isSlug(slug)) {
    reading.problem(at(), `"${slug}" is not made of lowercase letters, digits and single dashes`);
  }
  if (content !== null && !(content instanceof Map)) {
    reading.problem(at(), `"${slug}": expected fields, one a line`);
    return [];
  }
  const own = new Map(content ?? []);
  const listed: unknown = own.get('sources');
  own.delete('sources');
  const fields = reading.fields(serviceFields, path, own, ['sources']);
  const criticality = fields?.criticality ?? 'critical';
  const tier = tierObjectives[criticality];
  const service = {
    slug,
    name: fields?.name ?? slug,
    criticality,
    rpoSeconds: fields?.rpo ?? tier.rpoSeconds,
    rtoSeconds: fields?.rto ?? tier.rtoSeconds,
    rehearseSeconds: fields?.rehearse ?? tier.rehearseSeconds,
    at,
  };
  const sources: DeclaredSource[] = [];
  if (listed !== undefined && listed !== null && !(listed instanceof Map)) {
    reading.problem(at('sources'), '"sources": expected sources by their name');
  }
  for (const [name, one] of listed instanceof Map ? listed : []) {
    sources.push(...(await readSource(reading, service, String(name), one)));
  }
  return fields === undefined ? [] : [{ ...service, sources }];
}
