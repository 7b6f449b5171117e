/** Everything, for who stores all the time. A command takes the door that it needs: `@octobox/storage/open`. */
export * from './doors/bandwidth.ts';
export * from './doors/cache.ts';
export * from './doors/errors.ts';
export * from './doors/files.ts';
export * from './doors/inlet.ts';
export * from './doors/keyring.ts';
export * from './doors/kinds.ts';
export * from './doors/layers.ts';
export * from './doors/locations.ts';
export * from './doors/metrics.ts';
export * from './doors/open.ts';
export * from './doors/outlet.ts';
export * from './doors/rekey.ts';
