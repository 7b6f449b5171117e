import { partialReport, sameReport } from '../../status/index.ts';
import type { Operations } from '../operations.ts';
import { settingsShape } from '../shapes/settings.ts';
import { statusShape } from '../shapes/status.ts';
import { presentSettings } from './present-settings.ts';
import type { ApiRooms } from './rooms.ts';

/** How everything is at this moment, and what is set. */
export function addStatus(operations: Operations, { board, catalog, config }: ApiRooms): void {
  operations.add(
    {
      id: 'getStatus',
      method: 'get',
      path: '/status',
      tag: 'Status',
      summary: 'What the public page says at this moment',
      description:
        'The report of `/status.json`, of this second. Who may see some services alone is told of these, and nothing of the repositories.',
      permission: 'services.read',
      answer: { status: 200, description: 'The report', shape: statusShape },
    },
    async ({ places }) => {
      const { report, ...written } = await board.written();
      if (places === 'all') return { status: 200, body: report, ...written };
      const services = (await catalog.services()).filter(({ id }) => places.has(id));
      const slugs = new Set(services.map(({ slug }) => slug));
      const part = partialReport(report, slugs);
      return { status: 200, body: part, same: sameReport(part) };
    },
  );
  operations.add(
    {
      id: 'getSettings',
      method: 'get',
      path: '/settings',
      tag: 'Settings',
      summary: 'What is configured',
      description:
        'Of the process that answers, as it started: other nodes may be set otherwise. No secret is in it, nor where one lies. Settings are changed in octobox.yaml.',
      permission: 'settings.read',
      answer: { status: 200, description: 'The settings', shape: settingsShape },
    },
    async () => ({ status: 200, body: presentSettings(config) }),
  );
}
