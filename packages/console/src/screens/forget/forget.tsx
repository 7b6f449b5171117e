import { Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { planQuery, query } from '../../api/queries.ts';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import './forget.css';
import type { KeepRules } from './keep-rules.ts';
import { RuleFields } from './rule-fields.tsx';
import { ShownPlan } from './shown-plan.tsx';

const route = getRouteApi('/sources/$source/forget');

/** What rules do not keep of one source: seen first, with why the others stay, and then forgotten. */
export function Forget() {
  const { source: id } = route.useParams();
  const rules = route.useSearch();
  const navigate = useNavigate({ from: '/sources/$source/forget' });
  const source = useQuery(query('getSource', { params: { id } }));
  const [job, setJob] = useState<number>();
  const isAsked = Object.keys(rules).length > 0;
  const wish = { source: id, keep: rules };
  const plan = useQuery({ ...planQuery('planForget', { body: wish }), enabled: isAsked });
  const show = (wanted: KeepRules): void => {
    setJob(undefined);
    // The same rules are asked about anew: there may be other snapshots by now.
    if (JSON.stringify(wanted) === JSON.stringify(rules)) void plan.refetch();
    else void navigate({ search: wanted, replace: true });
  };
  return (
    <Page
      title="Forget by rules"
      lead={
        <>
          Of{' '}
          <TextLink to="/sources/$source" params={{ source: id }} underline="always">
            {source.data?.name ?? 'a source'}
          </TextLink>{' '}
          the newest snapshot stays of so many hours, days, weeks, months and years; the others go. Nothing
          goes before you have seen it. The newest good one, and what a rehearsal or an outage rests on, stay
          in any case.
        </>
      }
    >
      <Loaded query={source}>
        {() => (
          <>
            <RuleFields key={JSON.stringify(rules)} rules={rules} busy={plan.isFetching} show={show} />
            {job === undefined ? null : (
              <Paper withBorder p="sm">
                <LiveJob id={job} />
              </Paper>
            )}
            {!isAsked ? (
              <Empty title="Say what is kept">
                Retention forgets once a day by the rules of octobox.yaml. Here more can be let go of one
                source, once: with 7 daily and 4 weekly, for instance, one snapshot stays of each of the last
                seven days that have one, and of each of the last four weeks.
              </Empty>
            ) : job !== undefined ? null : (
              <Loaded query={plan} rows={8}>
                {(shown) => <ShownPlan plan={shown} wish={wish} begun={setJob} />}
              </Loaded>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}
