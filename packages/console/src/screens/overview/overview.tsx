import { useQuery } from '@tanstack/react-query';
import { every } from '../../api/every.ts';
import { query } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { Attention } from './attention.tsx';
import { NextRuns } from './next-runs.tsx';
import { Protection } from './protection.tsx';
import { UnderWay } from './under-way.tsx';

const lookAgainMs = 15_000;

/** What needs somebody now, what goes on, what comes next, and how well each service is protected. */
export function Overview() {
  const status = useQuery({ ...query('getStatus', {}), refetchInterval: every(lookAgainMs) });
  const lead = status.data && (
    <>
      {status.data.summary}. Seen <Moment at={status.data.generatedAt} />.
    </>
  );
  return (
    <Page title="Overview" lead={lead}>
      <Loaded query={status} rows={5}>
        {(report) =>
          report.services.length === 0 ? (
            <NothingProtected />
          ) : (
            <>
              <Attention report={report} />
              <UnderWay />
              <Protection report={report} />
              <NextRuns report={report} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

const NothingProtected = () => (
  <Section title="Begin">
    <Empty title="Nothing is protected yet">
      <p>
        A service is what your customers know by name; its sources are the folders and databases that it
        cannot be without. Each source is backed up on a schedule, restored in rehearsals, and watched in
        between. This page then tells what needs you.
      </p>
      <p>
        Begin with <TextLink to="/services">a service</TextLink>, or on the machine that runs Octobox with{' '}
        <code>octobox protect /srv/shop</code>.
      </p>
    </Empty>
  </Section>
);
