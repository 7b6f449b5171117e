import { Anchor, Group, NativeSelect, Text } from '@mantine/core';
import { useMay } from '../../api/caller.ts';
import type { FoundFile } from '../../api/operations.ts';
import { TextLink } from '../../parts/page/link.tsx';
import { folderOf, shownName } from '../../parts/records/snapshot-paths.ts';
import { countWords, sizeWords } from '../../parts/words/size-words.ts';
import type { FoundPath, FoundState } from './gather.ts';

const times = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const timeWords = (at: string): string => times.format(new Date(at));

/** How a file was in one snapshot or in many, and what can be done with it as it is in one of them. */
export function FoundStateRow(row: {
  readonly source: string;
  readonly path: FoundPath;
  readonly state: FoundState;
  /** That is chosen, of those that have it so. */
  readonly snapshot: string;
  readonly choose: (snapshot: string) => void;
  readonly download: (file: FoundFile, snapshot: string) => void;
}) {
  const { source, path, state, snapshot } = row;
  const { file, snapshots } = state;
  const may = useMay();
  const name = shownName(path.name);
  const takenAt = timeWords(snapshots.find(({ id }) => id === snapshot)?.takenAt ?? file.takenAt);
  const how = [
    file.size === undefined ? file.kind : sizeWords(file.size),
    ...(file.modifiedAt === undefined ? [] : [`changed ${timeWords(file.modifiedAt)}`]),
    ...(file.linkTarget === undefined ? [] : [`→ ${shownName(file.linkTarget)}`]),
  ].join(', ');
  // What it became, or of the newest what it was before.
  const other = path.states[state === path.states[0] ? 1 : 0]?.snapshots[0]?.id;
  const folder = folderOf(path.path);
  const isFolder = file.kind === 'folder';
  const isHad = file.kind === 'file' || isFolder;
  return (
    <div className="found-state">
      <div className="long-main">
        <Text size="sm" truncate>
          {how}
        </Text>
        {snapshots.length === 1 ? (
          <Text size="sm" c="dimmed">
            in the snapshot of {takenAt}
          </Text>
        ) : (
          <Group gap="xs" wrap="nowrap">
            <Text size="sm" c="dimmed" className="found-count">
              in {countWords(snapshots.length)}:
            </Text>
            <NativeSelect
              size="xs"
              aria-label={`Snapshot that has ${name} with ${how}`}
              value={snapshot}
              onChange={({ currentTarget }) => row.choose(currentTarget.value)}
              data={snapshots.map(({ id, takenAt: at }) => ({ value: id, label: timeWords(at) }))}
            />
          </Group>
        )}
      </div>
      <Group gap="md" className="found-ways" wrap="nowrap">
        <TextLink
          to="/snapshots/$snapshot/files"
          params={{ snapshot }}
          search={{ path: isFolder ? path.path : folder }}
          preload={false}
          data-name
          size="sm"
          aria-label={`${isFolder ? 'Open' : 'Folder of'} ${name} in the snapshot of ${takenAt}`}
        >
          {isFolder ? 'Open' : 'Folder'}
        </TextLink>
        {isHad && may('restores.run') ? (
          <Anchor
            component="button"
            type="button"
            size="sm"
            onClick={() => row.download(file, snapshot)}
            aria-label={`Download ${name} of ${takenAt}${isFolder ? ' as tar' : ''}`}
          >
            Download
          </Anchor>
        ) : null}
        <TextLink
          to="/snapshots/$snapshot/differences"
          params={{ snapshot }}
          search={{ path: isFolder ? path.path : folder, ...(other === undefined ? {} : { since: other }) }}
          preload={false}
          size="sm"
          aria-label={`Compare the folder of ${name} in the snapshot of ${takenAt}`}
        >
          Compare
        </TextLink>
        {may('restores.run') ? (
          <TextLink
            to="/restore"
            search={{ source, snapshot }}
            preload={false}
            size="sm"
            title="All of the snapshot, in place of the source"
            aria-label={`Restore all of the snapshot of ${takenAt}`}
          >
            Restore …
          </TextLink>
        ) : null}
      </Group>
    </div>
  );
}
