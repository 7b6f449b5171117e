import { Text } from '@mantine/core';
import { memo } from 'react';
import type { SnapshotDifference } from '../../api/operations.ts';
import { Icon, type IconName } from '../../parts/page/icon.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { crumbsOf, folderOf, shownName, shownPath } from '../../parts/records/snapshot-paths.ts';
import { sizeWords } from '../../parts/words/size-words.ts';

const signs: Readonly<Record<SnapshotDifference['change'], readonly [icon: IconName, label: string]>> = {
  added: ['plus', 'Added'],
  removed: ['cross', 'Removed'],
  content: ['file', 'Other content'],
  'silent-content': ['warning', 'Other content, though size and times are the same'],
  type: ['unknown', 'Of another kind'],
  metadata: ['sliders', 'Other metadata'],
};

/** One path that differs: what it was and what it is, and the way to where it lies. */
export const DifferenceRow = memo(function DifferenceRow(row: {
  readonly before: string;
  readonly after: string;
  readonly difference: SnapshotDifference;
}) {
  const { path, change, before, after } = row.difference;
  const [icon, label] = signs[change];
  const isFolder = (after ?? before)?.kind === 'folder';
  return (
    <>
      <div className="long-main difference" data-change={change}>
        <Icon name={icon} label={`${label}:`} />
        <div className="long-main">
          <TextLink
            to="/snapshots/$snapshot/files"
            params={{ snapshot: after === undefined ? row.before : row.after }}
            search={{ path: isFolder ? path : folderOf(path) }}
            preload={false}
            size="sm"
            title={shownPath(path)}
            truncate
            display="block"
          >
            <bdi>{shownName(crumbsOf(path).at(-1)?.name ?? path)}</bdi>
          </TextLink>
          <Text size="xs" c="dimmed" truncate>
            {change === 'type' ? `Was a ${before?.kind}, is a ${after?.kind}` : label}, in{' '}
            <bdi>{shownPath(folderOf(path))}</bdi>
          </Text>
        </div>
      </div>
      <Text size="sm" c="dimmed" className="long-side">
        {sizes(before?.size, after?.size)}
      </Text>
    </>
  );
});

function sizes(before: number | undefined, after: number | undefined): string {
  const [was, is] = [before, after].map((size) => (size === undefined ? '' : sizeWords(size)));
  return was && is && before !== after ? `${was} → ${is}` : is || was || '';
}
