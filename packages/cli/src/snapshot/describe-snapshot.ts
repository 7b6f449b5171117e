import type { Snapshot } from '@octobox/repository';
import { localTime, shortId } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';

/** `snapshot 4b10f565 of /srv/www at 2026-11-23 07:16:09 by root@vm` */
export const describeSnapshot = ({ id, paths, time, username, hostname }: Snapshot): string =>
  printable(
    `snapshot ${shortId(id)} of ${paths.join(', ')} at ${localTime(time)} by ${username}@${hostname}`,
  );
