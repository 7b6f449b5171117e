import type { CatalogSnapshot } from '../catalog/index.ts';
import type { Declaration } from './declared.ts';
import type { Plan, Step } from './plan.ts';
import { planService } from './plan-service.ts';
import { type IsSame, planSource } from './plan-source.ts';
import { type Problem, refuseProblems } from './problems.ts';

/**
 * What is to be done so that the catalog, as it is, becomes what is declared. Pure: the same of all three is the
 * same plan.
 * @throws DeclarationError for what cannot be done
 */
export function makePlan(
  declaration: Declaration,
  snapshot: CatalogSnapshot,
  options: { readonly prune: boolean; readonly isSame: IsSame },
): Plan {
  const problems: Problem[] = [];
  const services = new Map(snapshot.services.map((service) => [service.id, service]));
  const bySlug = new Map(snapshot.services.map((service) => [service.slug, service]));
  const byName = new Map(snapshot.sources.map((source) => [source.name, source]));
  const steps: Step[] = [];
  const unchanged = { services: 0, sources: 0 };
  for (const declared of declaration.services) {
    const step = planService(declared, bySlug.get(declared.slug));
    if (step === undefined) unchanged.services++;
    else steps.push(step);
    bySlug.delete(declared.slug);
    for (const source of declared.sources) {
      const sourceStep = planSource(source, byName.get(source.name), {
        services,
        rpoOfService: declared.rpoSeconds,
        isSame: options.isSame,
        problem: (problem) => problems.push(problem),
      });
      if (sourceStep === undefined) unchanged.sources++;
      else steps.push(sourceStep);
      byName.delete(source.name);
    }
  }
  refuseProblems(problems);
  const action = options.prune ? 'remove' : 'leave';
  for (const present of byName.values()) {
    const service = services.get(present.serviceId)?.slug ?? '';
    steps.push({ kind: 'source', name: present.name, service, fields: [], does: { action, present } });
  }
  for (const present of bySlug.values()) {
    const { slug } = present;
    steps.push({ kind: 'service', name: slug, service: slug, fields: [], does: { action, present } });
  }
  return { steps, unchanged, prune: options.prune };
}
