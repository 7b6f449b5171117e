import { type Document, isMap, type YAMLMap } from 'yaml';
import type { CatalogSnapshot } from '../catalog/index.ts';
import { exportedService, exportedSource, serviceOf } from './exported.ts';
import type { Plan, ServiceStep, SourceStep } from './plan.ts';
import { sourceNode } from './services-node.ts';

/** The plan says how the catalog would have to change to fit the file; the file is changed instead. */
export function patchServices(document: Document, snapshot: CatalogSnapshot, plan: Plan): void {
  for (const step of plan.steps) if (step.kind === 'service') patchService(document, step);
  for (const step of plan.steps) if (step.kind === 'source') patchSource(document, snapshot, step);
}

function patchService(document: Document, { name, fields, does }: ServiceStep): void {
  const services = mapAt(document, ['services']);
  if (does.action === 'create') services.delete(name);
  else if (does.action === 'change') {
    patch(document, mapAt(document, ['services', name]), fields, exportedService(does.present));
  } else services.set(document.createNode(name), document.createNode(exportedService(does.present)));
}

function patchSource(document: Document, snapshot: CatalogSnapshot, step: SourceStep): void {
  const { name, service, fields, does } = step;
  const declared = ['services', service, 'sources'];
  if (does.action === 'create') {
    drop(document, [...declared, name]);
    return;
  }
  const at = serviceOf(snapshot, does.present);
  const isMoved = at.slug !== service;
  if (isMoved) drop(document, [...declared, name]);
  if (does.action === 'change' && !isMoved) {
    patch(document, mapAt(document, [...declared, name]), fields, exportedSource(does.present, at));
    return;
  }
  const node = sourceNode(document, snapshot, does.present);
  mapAt(document, ['services', at.slug, 'sources']).set(document.createNode(name), node);
}

function patch(
  document: Document,
  map: YAMLMap,
  fields: readonly { readonly field: string }[],
  wanted: Readonly<Record<string, unknown>>,
): void {
  for (const { field } of fields) {
    if (wanted[field] === undefined) map.delete(field);
    else map.set(field, document.createNode(wanted[field]));
  }
}

/** With its service it may have gone already. */
function drop(document: Document, path: readonly string[]): void {
  if (document.hasIn(path)) document.deleteIn(path);
}

/** The map there, made when there is none. */
function mapAt(document: Document, path: readonly string[]): YAMLMap {
  const found = document.getIn(path, true);
  if (isMap(found)) return found;
  const made = document.createNode({});
  document.setIn(path, made);
  return made;
}
