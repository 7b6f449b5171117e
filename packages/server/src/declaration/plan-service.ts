import type { Service } from '../catalog/index.ts';
import type { DeclaredService } from './declared.ts';
import type { FieldChange, ServiceStep } from './plan.ts';
import { durationText } from './texts.ts';

const shownFields = {
  name: ({ name }) => name,
  criticality: ({ criticality }) => criticality,
  rpo: ({ rpoSeconds }) => durationText(rpoSeconds),
  rto: ({ rtoSeconds }) => durationText(rtoSeconds),
  rehearse: ({ rehearseSeconds }) => durationText(rehearseSeconds),
} satisfies Record<string, (service: Common) => string>;

type Common = Pick<Service, 'name' | 'criticality' | 'rpoSeconds' | 'rtoSeconds' | 'rehearseSeconds'>;

const fieldsOf = (before: Common | undefined, after: Common): FieldChange[] =>
  Object.entries(shownFields).flatMap(([field, show]) => {
    const [was, is] = [before === undefined ? null : show(before), show(after)];
    return was === is ? [] : [{ field, before: was, after: is }];
  });

/** Undefined: it is as declared. */
export function planService(
  declared: DeclaredService,
  present: Service | undefined,
): ServiceStep | undefined {
  const { slug, name, criticality, rpoSeconds, rtoSeconds, rehearseSeconds } = declared;
  const content = { name, criticality, rpoSeconds, rtoSeconds, rehearseSeconds };
  const fields = fieldsOf(present, declared);
  const step = { kind: 'service', name: slug, service: slug, fields } as const;
  if (present === undefined) {
    return { ...step, does: { action: 'create', declared, fresh: { slug, ...content } } };
  }
  return fields.length === 0
    ? undefined
    : { ...step, does: { action: 'change', declared, present, changes: content } };
}
