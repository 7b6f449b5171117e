import { Text, UnstyledButton } from '@mantine/core';
import { Icon } from '../../parts/page/icon.tsx';
import { belowOf, folderOf, shownName, shownPath } from '../../parts/records/snapshot-paths.ts';
import { countWords, sizeWords, snapshotsWords } from '../../parts/words/size-words.ts';
import type { FoundPath } from './gather.ts';

/** What was found at one path, and a button that shows how it was. */
export function FoundPathRow(row: {
  readonly path: FoundPath;
  /** The folder that was looked through. */
  readonly below: string | undefined;
  readonly isOpen: boolean;
  /** When the newest snapshot of the source was taken, where that is known. */
  readonly newest: string | undefined;
  readonly toggle: (path: string) => void;
}) {
  const { path, below, isOpen, newest } = row;
  const [last] = path.states;
  const folder = folderOf(path.path);
  const isGone = newest !== undefined && last?.snapshots[0]?.takenAt !== newest;
  return (
    <>
      <UnstyledButton
        className="found-path"
        data-name
        aria-expanded={isOpen}
        title={shownPath(path.path)}
        onClick={() => row.toggle(path.path)}
      >
        <span className="found-chevron" data-open={isOpen}>
          <Icon name="chevron" size={16} />
        </span>
        <Icon name={last?.file.kind === 'folder' ? 'folder' : 'file'} label={last?.file.kind ?? 'file'} />
        <span className="long-main">
          <Text span size="sm" truncate display="block">
            <bdi>{shownName(path.name)}</bdi>
          </Text>
          <Text span size="xs" c="dimmed" truncate display="block">
            in <bdi>{below === undefined ? shownPath(folder) : shownName(belowOf(folder, below))}</bdi>
          </Text>
        </span>
      </UnstyledButton>
      <Text size="xs" c="dimmed" component="div" className="long-side">
        {isGone ? 'not in the newest' : last?.file.size === undefined ? '' : sizeWords(last.file.size)}
        <br />
        {path.states.length === 1 ? (
          snapshotsWords(path.snapshots)
        ) : (
          <>
            {countWords(path.states.length)} states
            <span className="found-wide"> in {snapshotsWords(path.snapshots)}</span>
          </>
        )}
      </Text>
    </>
  );
}
