import { type Document, isMap, type Node, YAMLMap } from 'yaml';
import type { CatalogSnapshot, SourceAtRest } from '../catalog/index.ts';
import { exportedService, exportedSource, keptSecrets, serviceOf } from './exported.ts';

/** All of `services:` as the catalog has it, in the order of `earlier` as far as that goes. */
export function servicesNode(document: Document, snapshot: CatalogSnapshot, earlier?: unknown): Node {
  const services = new YAMLMap<Node, Node>();
  const byService = Map.groupBy(snapshot.sources, ({ serviceId }) => serviceId);
  for (const service of inOrderOf(earlier, snapshot.services, ({ slug }) => slug)) {
    const own = document.createNode(exportedService(service)) as YAMLMap<unknown, unknown>;
    const sources = new YAMLMap<Node, Node>();
    const before = isMap(earlier) ? earlier.getIn([service.slug, 'sources'], true) : undefined;
    for (const source of inOrderOf(before, byService.get(service.id) ?? [], ({ name }) => name)) {
      sources.add({ key: document.createNode(source.name), value: sourceNode(document, snapshot, source) });
    }
    if (sources.items.length > 0) own.set('sources', sources);
    services.add({ key: document.createNode(service.slug), value: own });
  }
  return services;
}

export function sourceNode(document: Document, snapshot: CatalogSnapshot, source: SourceAtRest): Node {
  const node = document.createNode(exportedSource(source, serviceOf(snapshot, source)));
  const kept = keptSecrets(source);
  if (kept !== undefined && isMap(node)) node.comment = kept;
  return node;
}

/** Those that the map names come first, as they stand there. */
function inOrderOf<T>(map: unknown, things: readonly T[], nameOf: (thing: T) => string): T[] {
  const names = isMap(map) ? map.items.map(({ key }) => String(key)) : [];
  const places = new Map(names.map((name, place) => [name, place]));
  const placeOf = (thing: T): number => places.get(nameOf(thing)) ?? names.length;
  return [...things].sort((a, b) => placeOf(a) - placeOf(b));
}
