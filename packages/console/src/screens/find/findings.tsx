import { Alert, Button, Group, Progress, Text } from '@mantine/core';
import { ApiProblem } from '../../api/problem.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { Icon } from '../../parts/page/icon.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { shownPath } from '../../parts/records/snapshot-paths.ts';
import { countWords, snapshotsWords } from '../../parts/words/size-words.ts';
import { FoundList } from './found-list.tsx';
import type { Gathered } from './gather.ts';
import { useFinding } from './use-finding.ts';
import type { Search } from './wanted.ts';

const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** What a search finds, as it goes on. */
export function Findings({ wanted, name }: { readonly wanted: Search; readonly name: string | undefined }) {
  const { list, isBusy, isStopped, isFull, stop, goOn } = useFinding(wanted);
  const { data, error } = list;
  const isOver = data !== undefined && !list.hasNextPage;
  const isNothing = isOver ? data.paths.length === 0 : data === undefined && error !== null;
  return (
    <>
      {isNothing ? null : (
        <Group gap="md" className="find-progress">
          <Text size="sm" c="dimmed">
            {data !== undefined
              ? `${foundWords(data)}: ${throughWords(data)}.`
              : isBusy
                ? 'The repository is opened …'
                : 'Nothing was looked through yet.'}
          </Text>
          {isBusy ? (
            <Button size="compact-sm" variant="default" onClick={stop}>
              Stop
            </Button>
          ) : isOver || error !== null ? null : (
            <Button size="compact-sm" variant="default" onClick={goOn}>
              Go on
            </Button>
          )}
        </Group>
      )}
      {isBusy ? <Bar data={data} /> : null}
      {/* Read out when it begins and when it ends, and not with each page. */}
      <div role="status" className="shown-to-readers">
        {isBusy
          ? 'Looking'
          : data === undefined
            ? ''
            : `${isStopped ? 'Stopped. ' : ''}${foundWords(data)}: ${throughWords(data)}`}
      </div>
      {isFull ? (
        <Text size="sm">
          So many are rarely what is meant: a longer name, a folder or a shorter period finds less.
        </Text>
      ) : null}
      {error === null ? null : (
        <Group>
          <ProblemNotice error={error} />
          {error instanceof ApiProblem && passes(error) ? (
            <Button variant="default" onClick={goOn}>
              Go on
            </Button>
          ) : null}
        </Group>
      )}
      <Damaged unreadable={data?.unreadable ?? []} />
      {data === undefined ? (
        isBusy ? (
          <Loaded query={list} rows={4}>
            {() => null}
          </Loaded>
        ) : null
      ) : data.paths.length > 0 ? (
        <FoundList
          wanted={wanted}
          paths={data.paths}
          newest={wanted.to === undefined ? data.upTo : undefined}
          isOver={isOver}
        />
      ) : isOver ? (
        <Nothing wanted={wanted} name={name} found={data} />
      ) : null}
    </>
  );
}

const Damaged = ({ unreadable }: Pick<Gathered, 'unreadable'>) =>
  unreadable.length === 0 ? null : (
    <Alert
      color="orange"
      icon={<Icon name="warning" />}
      title={`${snapshotsWords(unreadable.length)} could not be read to the end`}
    >
      <Text size="sm">
        {unreadable
          .slice(0, 3)
          .map(({ snapshotId, takenAt }) => `${snapshotId.slice(0, 8)} of ${dayWords(takenAt)}`)
          .join(', ')}
        {unreadable.length > 3 ? ' and others are' : unreadable.length === 1 ? ' is' : ' are'} damaged: what
        is looked for may be in there, too. A check on the screen{' '}
        <TextLink to="/repositories">Repositories</TextLink> tells what is wrong.
      </Text>
    </Alert>
  );

/** What was asked for can be asked for again. */
const passes = ({ status }: ApiProblem): boolean => status !== 404 && status !== 422;

const Bar = ({ data }: { readonly data: Gathered | undefined }) => {
  const share = data === undefined || data.of === 0 ? undefined : (100 * data.searched) / data.of;
  return (
    <Progress.Root>
      <Progress.Section
        value={share ?? 100}
        animated={share === undefined}
        striped={share === undefined}
        aria-label="Snapshots that were looked through"
        aria-valuetext={share === undefined ? 'under way' : `${Math.round(share)} %`}
      />
    </Progress.Root>
  );
};

/** What was looked through, and what would find more. */
function Nothing(nothing: {
  readonly wanted: Search;
  readonly name: string | undefined;
  readonly found: Gathered;
}) {
  const { wanted, name, found } = nothing;
  const { path, from, to } = wanted;
  const isNarrowed = from !== undefined || to !== undefined;
  const source = name ?? 'this source';
  if (found.of === 0)
    return (
      <Empty title={isNarrowed ? 'No snapshot is of these days' : 'There is no snapshot to look through'}>
        {isNarrowed
          ? `The repository has none of ${source} that was taken then. Look through a longer time.`
          : `The repository has none of ${source}: no backup succeeded yet, or all were forgotten.`}
      </Empty>
    );
  return (
    <Empty title="Nothing has such a name">
      {snapshotsWords(found.searched)} of {source} {found.searched === 1 ? 'was' : 'were'} looked through
      {found.backTo === undefined || found.upTo === undefined
        ? ''
        : `, taken from ${dayWords(found.backTo)} to ${dayWords(found.upTo)}`}
      {path === undefined ? (
        ''
      ) : (
        <>
          , each below <bdi>{shownPath(path)}</bdi>
        </>
      )}
      . {path === undefined ? '' : 'It may have been in another folder. '}
      {isNarrowed ? 'It may have been there at another time. ' : ''}
      Without <code>*</code> a part of the name is enough. Snapshots that were forgotten are not looked into;
      a copy off site may still have them.
    </Empty>
  );
}

/** "3 names found, 1,200 times in all" */
const foundWords = ({ paths, places }: Gathered): string =>
  paths.length === 0
    ? 'Nothing found'
    : `${countWords(paths.length)} ${paths.length === 1 ? 'name' : 'names'} found, ${countWords(places)} ${places === 1 ? 'time' : 'times'} in all`;

/** "120 of 400 snapshots looked through, back to 3 Mar 2026" */
const throughWords = ({ searched, of, backTo }: Gathered): string =>
  `${searched === of ? (of === 1 ? 'the only snapshot' : `all ${snapshotsWords(of)}`) : `${countWords(searched)} of ${snapshotsWords(of)}`} looked through${backTo === undefined ? '' : `, back to ${dayWords(backTo)}`}`;

const dayWords = (at: string): string => days.format(new Date(at));
