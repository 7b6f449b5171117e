import { z } from 'zod';
import { fileSchema } from '../platform/index.ts';
import { servicesSchema } from './fields.ts';

/** JSON Schema of `octobox.yaml`, settings and services, for editors. */
export const configurationSchema = (): object => ({
  title: 'octobox.yaml',
  ...z.toJSONSchema(fileSchema.extend({ services: servicesSchema.optional() }), {
    io: 'input',
    target: 'draft-7',
    reused: 'inline',
  }),
});
