import { Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { query } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Section } from '../../parts/page/section.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords, filesWords, sizeWords } from '../../parts/words/size-words.ts';
import './repositories.css';
import { type Forecast, forecastOf } from './forecast.ts';
import { SizeChart } from './size-chart.tsx';

const lookedBackDays = 90;
const aheadDays = 30;
const shownDays = 14;

/** How large the repository is, how it came there, and where it goes. */
export function Growth() {
  const growth = useQuery(query('getRepositoryGrowth', { query: { days: lookedBackDays } }));
  return (
    <Section title="Size over time">
      <Loaded query={growth}>
        {({ days, measured }) => {
          const last = measured.at(-1);
          const forecast = forecastOf(measured);
          return (
            <>
              {last === undefined ? (
                <Empty title="Its size was not measured yet">
                  Retention measures it about once a day. From a week of that on this page says where it goes.
                </Empty>
              ) : (
                <Paper withBorder p="md">
                  <Text fw={600}>
                    {sizeWords(last.bytes)} in {filesWords(last.files)}, measured <Moment at={last.at} />
                  </Text>
                  <ForecastWords forecast={forecast} measured={measured.length} />
                  {measured.length < 2 ? null : (
                    <SizeChart measured={measured} forecast={forecast} aheadDays={aheadDays} />
                  )}
                </Paper>
              )}
              {days.length === 0 ? null : (
                <DataTable
                  caption="What backups added, by day, the newest first"
                  rows={days.toReversed().slice(0, shownDays)}
                  keyOf={({ day }) => day}
                  columns={[
                    { name: 'Day (UTC)', cell: ({ day }) => day },
                    { name: 'Backups', numeric: true, cell: ({ backups }) => countWords(backups) },
                    { name: 'Read', numeric: true, cell: ({ bytesRead }) => sizeWords(bytesRead) },
                    { name: 'Added', numeric: true, cell: ({ bytesStored }) => sizeWords(bytesStored) },
                  ]}
                />
              )}
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

function ForecastWords({ forecast, measured }: { forecast: Forecast | undefined; measured: number }) {
  if (forecast === undefined) {
    return (
      <Text size="sm" c="dimmed">
        No forecast yet: it needs five measurements over a week, and there {measured === 1 ? 'is' : 'are'}{' '}
        {measured}.
      </Text>
    );
  }
  const { bytesPerDay, count, from, to, inDays } = forecast;
  const days = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
  const how =
    bytesPerDay < 0 ? `shrinks by ${sizeWords(-bytesPerDay)}` : `grows by ${sizeWords(bytesPerDay)}`;
  return (
    <Text size="sm" c="dimmed">
      It {how} a day: about {sizeWords(inDays(aheadDays))} in {aheadDays} days. That rests on a straight line
      through {count} measurements of {days} days, what retention removed in them included; new sources, and
      others that go, are not in it.
    </Text>
  );
}
