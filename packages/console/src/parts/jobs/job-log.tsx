import { Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { every } from '../../api/every.ts';
import { query } from '../../api/queries.ts';
import { Empty } from '../notices/empty.tsx';
import { Loaded } from '../page/loaded.tsx';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The lines of a job; while it is `live`, new ones come by themselves. */
export function JobLog({ id, live }: { readonly id: number; readonly live: boolean }) {
  const log = useQuery({
    ...query('getJobLog', { params: { id } }),
    refetchInterval: live ? every(2_000) : false,
  });
  return (
    <Loaded query={log} rows={2}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={live ? 'It has said nothing yet' : 'It said nothing'} />
        ) : (
          <Paper withBorder>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
            <pre className="log" role="log" aria-label="Lines of the job" tabIndex={0}>
              {items.map(({ at, line }) => `${clock.format(new Date(at))}  ${line}`).join('\n')}
            </pre>
          </Paper>
        )
      }
    </Loaded>
  );
}
