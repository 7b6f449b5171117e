import { type CatalogSnapshot, type Service, type SourceAtRest, tierObjectives } from '../catalog/index.ts';
import { presentSource } from './present-source.ts';
import { escaped } from './references.ts';
import { defaultRpo, defaultSchedule } from './rhythm.ts';
import { durationText, rhythmText } from './texts.ts';

type Value = string | number | boolean | readonly string[];

/** The fields of a service that are not their defaults, as a file has them. */
export function exportedService(service: Service): Record<string, Value> {
  const { slug, name, criticality, rpoSeconds, rtoSeconds, rehearseSeconds } = service;
  const tier = tierObjectives[criticality];
  return {
    ...(name === slug ? {} : { name: escaped(name) }),
    ...(criticality === 'critical' ? {} : { criticality }),
    ...(rpoSeconds === tier.rpoSeconds ? {} : { rpo: durationValue(rpoSeconds) }),
    ...(rtoSeconds === tier.rtoSeconds ? {} : { rto: durationValue(rtoSeconds) }),
    ...(rehearseSeconds === tier.rehearseSeconds ? {} : { rehearse: durationValue(rehearseSeconds) }),
  };
}

/** The same of a source; its passwords stay where they are. */
export function exportedSource(source: SourceAtRest, service: Service): Record<string, Value> {
  const { location, paths, excludes, oneFileSystem, scratchServer, schedule, drillSchedule } =
    presentSource(source);
  const rpo = source.ownRpoSeconds ?? service.rpoSeconds;
  const usualRpo = defaultRpo(schedule, service.rpoSeconds) ?? service.rpoSeconds;
  const usualDrills = tierObjectives[service.criticality].drillSchedule;
  return {
    location: escaped(location),
    ...(paths.length === 0 ? {} : { paths: paths.map(escaped) }),
    ...(excludes.length === 0 ? {} : { excludes: excludes.map(escaped) }),
    ...(oneFileSystem ? { oneFileSystem } : {}),
    ...(schedule === defaultSchedule(source.kind) ? {} : { schedule: rhythmText(schedule) }),
    ...(drillSchedule === usualDrills ? {} : { drills: rhythmText(drillSchedule) }),
    ...(rpo === usualRpo ? {} : { rpo: durationValue(rpo) }),
    ...(scratchServer === undefined ? {} : { scratchServer: escaped(scratchServer) }),
  };
}

/** Which passwords of a source the vault keeps, for a remark beside it. */
export function keptSecrets({ passwordVersion, scratchPasswordVersion }: SourceAtRest): string | undefined {
  const kept = [
    ...(passwordVersion === undefined ? [] : ['password']),
    ...(scratchPasswordVersion === undefined ? [] : ['scratchPassword']),
  ];
  return kept.length === 0 ? undefined : ` ${kept.join(' and ')}: kept in the vault`;
}

export const serviceOf = (snapshot: CatalogSnapshot, { serviceId }: SourceAtRest): Service => {
  const service = snapshot.services.find(({ id }) => id === serviceId);
  if (service === undefined) throw new Error(`a source without its service ${serviceId}`);
  return service;
};

const durationValue = (seconds: number): string | number =>
  Number.isInteger(seconds) ? durationText(seconds) : seconds;
