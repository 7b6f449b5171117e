import { type Document, isMap, type Node, YAMLMap } from 'yaml';
import type { CatalogSnapshot, SourceAtRest } from '../catalog/index.ts';
import { exportedService, exportedSource, keptSecrets, serviceOf } from './exported.ts';

/** All of `services:` as the catalog has it. */
export function servicesNode(document: Document, snapshot: CatalogSnapshot): Node {
  const services = new YAMLMap<Node, Node>();
  const byService = Map.groupBy(snapshot.sources, ({ serviceId }) => serviceId);
  for (const service of snapshot.services) {
    const own = document.createNode(exportedService(service)) as YAMLMap<unknown, unknown>;
    const sources = new YAMLMap<Node, Node>();
    for (const source of byService.get(service.id) ?? []) {
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
