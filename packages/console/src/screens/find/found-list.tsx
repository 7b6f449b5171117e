import { useMediaQuery } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { FoundFile } from '../../api/operations.ts';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { useProof } from '../../parts/proof.tsx';
import { download } from '../../parts/records/download.ts';
import { LongList } from '../../parts/table/long-list.tsx';
import { FoundPathRow } from './found-path-row.tsx';
import { FoundStateRow } from './found-state-row.tsx';
import type { FoundPath, FoundState } from './gather.ts';
import type { Search } from './wanted.ts';

interface Row {
  readonly path: FoundPath;
  readonly isOpen: boolean;
  /** One of how it was; undefined: the path itself. */
  readonly state?: FoundState;
}

/** In an address: none is open, not even the only one. */
const none = 'none';

/** Each path once; of the one that is open also how it was, as often as it was otherwise. */
export function FoundList(list: {
  readonly wanted: Search;
  readonly paths: readonly FoundPath[];
  /** When the newest snapshot of the source was taken. */
  readonly newest: string | undefined;
  readonly isOver: boolean;
}) {
  const { wanted, paths, newest, isOver } = list;
  const navigate = useNavigate({ from: '/snapshots/find' });
  const isNarrow = useMediaQuery('(max-width: 48rem)');
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  const [failure, setFailure] = useState<unknown>();
  const { ready, dialog } = useProof();
  const only = isOver && paths.length === 1 ? paths[0]?.path : undefined;
  const open = wanted.file ?? only;
  const rows = useMemo(
    () =>
      paths.flatMap((path): Row[] => {
        const isOpen = path.path === open;
        const row = { path, isOpen };
        return isOpen ? [row, ...path.states.map((state) => ({ ...row, state }))] : [row];
      }),
    [paths, open],
  );
  const toggle = (path: string): void =>
    void navigate({
      search: { ...wanted, file: path === open ? none : path },
      replace: true,
      resetScroll: false,
    });
  const fetchFile = (file: FoundFile, snapshot: string): void => {
    setFailure(undefined);
    const id = file.kind === 'folder' ? 'downloadSnapshotFolder' : 'downloadSnapshotFile';
    download(id, snapshot, file.path, ready).catch(setFailure);
  };
  return (
    <>
      {failure === undefined ? null : <ProblemNotice error={failure} />}
      <LongList
        key={String(isNarrow)}
        name="What was found"
        items={rows}
        byArrows
        height={({ state }) => (state === undefined ? 60 : isNarrow ? 112 : 76)}
        keyOf={({ path, state }) => state?.key ?? path.path}
        more={!isOver}
        busy={false}
        fetchMore={nothing}
        row={({ path, isOpen, state }) =>
          state === undefined ? (
            <FoundPathRow path={path} below={wanted.path} isOpen={isOpen} newest={newest} toggle={toggle} />
          ) : (
            <FoundStateRow
              source={wanted.source}
              path={path}
              state={state}
              snapshot={chosen[state.key] ?? state.snapshots[0]?.id ?? ''}
              choose={(id) => setChosen({ ...chosen, [state.key]: id })}
              download={fetchFile}
            />
          )
        }
      />
      {dialog}
    </>
  );
}

/** The search goes on by itself. */
const nothing = (): void => {};
