import type { Migration } from '../../platform/index.ts';

export const updatesNotReplaced: Migration = {
  name: '0015-updates-not-replaced',
  async up(database, { refuse }) {
    await refuse(database, {
      trigger: 'incident_updates_no_replace',
      table: 'incident_updates',
      verb: 'replace',
      message: 'what was told is appended, never edited',
    });
  },
};
