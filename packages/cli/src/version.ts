import manifest from '../package.json' with { type: 'json' };

export const version: string = manifest.version;

/** What snapshots and `version` say made them. */
export const programVersion = `octobox ${version}`;
