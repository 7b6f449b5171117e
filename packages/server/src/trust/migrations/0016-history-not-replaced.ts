import type { Migration } from '../../platform/index.ts';

export const historyNotReplaced: Migration = {
  name: '0016-history-not-replaced',
  async up(database, { refuse }) {
    await refuse(database, {
      trigger: 'promise_history_no_replace',
      table: 'promise_history',
      verb: 'replace',
      message: 'evidence is appended, never edited',
    });
  },
};
