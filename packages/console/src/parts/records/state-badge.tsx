import { Badge } from '@mantine/core';
import { Icon, type IconName } from '../page/icon.tsx';

type Tone = 'good' | 'warn' | 'bad' | 'none' | 'busy';

const looks: Readonly<Record<Tone, readonly [colour: string, icon: IconName]>> = {
  good: ['octo', 'check'],
  warn: ['orange', 'warning'],
  bad: ['red', 'cross'],
  none: ['gray', 'unknown'],
  busy: ['blue', 'clock'],
};

/** Every state of the API: what it is called, and how good it is. Unknown is never shown as good. */
const states: Readonly<Record<string, readonly [words: string, tone: Tone]>> = {
  operational: ['Works', 'good'],
  degraded: ['Degraded', 'warn'],
  outage: ['Outage', 'bad'],
  unknown: ['Unknown', 'none'],
  kept: ['Kept', 'good'],
  'at-risk': ['At risk', 'warn'],
  broken: ['Broken', 'bad'],
  ok: ['Reachable', 'good'],
  unreachable: ['Unreachable', 'bad'],
  damaged: ['Damaged', 'bad'],
  queued: ['Waiting', 'busy'],
  running: ['Running', 'busy'],
  succeeded: ['Succeeded', 'good'],
  suspect: ['Suspect', 'warn'],
  passed: ['Passed', 'good'],
  failed: ['Failed', 'bad'],
  cancelled: ['Cancelled', 'none'],
  interrupted: ['Interrupted', 'warn'],
  incomplete: ['Incomplete', 'warn'],
  'up-to-date': ['Up to date', 'good'],
  behind: ['Behind', 'warn'],
  failing: ['Failing', 'bad'],
  investigating: ['Investigating', 'bad'],
  identified: ['Identified', 'bad'],
  monitoring: ['Monitoring', 'warn'],
  resolved: ['Resolved', 'good'],
};

/** A state in words, with a colour and a sign for who sees only one of them. */
export function StateBadge({ state }: { state: string }) {
  const [words, tone] = states[state] ?? [state, 'none'];
  const [colour, icon] = looks[tone];
  return (
    <Badge
      className="state"
      data-tone={tone}
      color={colour}
      variant="light"
      tt="none"
      leftSection={<Icon name={icon} size={12} />}
    >
      {words}
    </Badge>
  );
}
