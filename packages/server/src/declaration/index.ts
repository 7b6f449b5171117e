export { carryOut, firstPlan, type PreparedPlan, preparePlan } from './declarations.ts';
export type { Declaration, DeclaredService, DeclaredSource } from './declared.ts';
export { exportConfiguration } from './export-configuration.ts';
export { configurationSchema } from './json-schema.ts';
export { type FieldChange, isChange, type Plan, type Step } from './plan.ts';
export { DeclarationError, type Problem } from './problems.ts';
export { type DeclarationFile, readDeclaration } from './read-declaration.ts';
export { leastInterval } from './rhythm.ts';
