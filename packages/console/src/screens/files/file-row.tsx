import { ActionIcon, Text } from '@mantine/core';
import { memo } from 'react';
import { useMay } from '../../api/caller.ts';
import type { SnapshotFile } from '../../api/operations.ts';
import { Icon, type IconName } from '../../parts/page/icon.tsx';
import { IconLink, TextLink } from '../../parts/page/link.tsx';
import { belowOf, folderOf, searchOf, shownName } from '../../parts/records/snapshot-paths.ts';
import { sizeWords } from '../../parts/words/size-words.ts';
import { exactTime } from '../../parts/words/time-words.ts';

/** A million rows of it are still less than browsers can scroll. */
export const rowHeight = 32;

const icons: Readonly<Partial<Record<SnapshotFile['kind'], IconName>>> = {
  folder: 'folder',
  file: 'file',
  link: 'link',
};

/** One entry of a folder: a way into it, or what it is; and a button that fetches it. */
export const FileRow = memo(function FileRow(row: {
  readonly source: string;
  readonly snapshot: string;
  readonly file: SnapshotFile;
  readonly index: number;
  readonly top: number;
  /** A search tells where below this folder it found each. */
  readonly searched: string | undefined;
  readonly download: (file: SnapshotFile) => void;
}) {
  const { snapshot, file, index } = row;
  const may = useMay();
  const name = shownName(file.name);
  return (
    // biome-ignore lint/a11y/useSemanticElements: the rows of a table that is not all there
    // biome-ignore lint/a11y/useFocusableInteractive: what is in it takes the focus
    <div
      role="row"
      aria-rowindex={index + 1}
      data-row={index}
      className="file-row"
      style={{ height: rowHeight, transform: `translateY(${row.top}px)` }}
    >
      <Cell className="file-name">
        <Icon name={icons[file.kind] ?? 'unknown'} label={file.kind} />
        {file.kind === 'folder' ? (
          <TextLink
            to="/snapshots/$snapshot/files"
            params={{ snapshot }}
            search={{ path: file.path }}
            preload={false}
            data-name
            size="sm"
            truncate
          >
            <bdi>{name}</bdi>
          </TextLink>
        ) : (
          <Text span size="sm" truncate data-name tabIndex={-1}>
            <bdi>{name}</bdi>
            {file.linkTarget === undefined ? null : (
              <Text span c="dimmed">
                {' '}
                → <bdi>{shownName(file.linkTarget)}</bdi>
              </Text>
            )}
          </Text>
        )}
        {row.searched !== undefined ? (
          <TextLink
            to="/snapshots/$snapshot/files"
            params={{ snapshot }}
            search={{ path: folderOf(file.path) }}
            preload={false}
            size="sm"
            c="dimmed"
            truncate
            className="file-folder"
          >
            in <bdi>{shownName(belowOf(folderOf(file.path), row.searched))}</bdi>
          </TextLink>
        ) : null}
      </Cell>
      <Cell className="file-size">{file.size === undefined ? '' : sizeWords(file.size)}</Cell>
      <Cell className="file-time">
        {file.modifiedAt === undefined ? '' : exactTime(new Date(file.modifiedAt))}
      </Cell>
      <Cell className="file-mode">{file.mode}</Cell>
      <Cell className="file-act">
        <IconLink
          to="/snapshots/find"
          search={{
            ...{ source: row.source, search: searchOf(file.name), file: file.path },
            path: folderOf(file.path),
          }}
          preload={false}
          variant="subtle"
          color="gray"
          aria-label={`${name} in other snapshots`}
          title="In other snapshots"
        >
          <Icon name="layers" />
        </IconLink>
        {(file.kind === 'file' || file.kind === 'folder') && may('restores.run') ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={file.kind === 'folder' ? `Download folder ${name} as tar` : `Download ${name}`}
            onClick={() => row.download(file)}
          >
            <Icon name="download" />
          </ActionIcon>
        ) : null}
      </Cell>
    </div>
  );
});

const Cell = ({ className, children }: { className: string; children: React.ReactNode }) => (
  // biome-ignore lint/a11y/useSemanticElements: the cells of a table that is not all there
  <div role="cell" className={className}>
    {children}
  </div>
);
