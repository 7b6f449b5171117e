/** What can go wrong. */
export * from '../errors.ts';
