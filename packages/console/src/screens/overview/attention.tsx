import { Group, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import { useMay } from '../../api/caller.ts';
import { every } from '../../api/every.ts';
import type { Status } from '../../api/operations.ts';
import { query } from '../../api/queries.ts';
import { useSourceNames } from '../../api/source-names.ts';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { Icon } from '../../parts/page/icon.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Section } from '../../parts/page/section.tsx';
import { Evidence } from '../../parts/records/evidence.tsx';
import { lastFailures } from './failures.ts';
import { type Finding, findingsOf, unsettled } from './findings.ts';

const looked = { limit: 100 };
const lookAgainMs = 15_000;

/** What needs somebody now, or that nothing does. */
export function Attention({ report }: { report: Status }) {
  const runs = useQuery({ ...query('listRuns', { query: looked }), refetchInterval: every(lookAgainMs) });
  const drills = useQuery({ ...query('listDrills', { query: looked }), refetchInterval: every(lookAgainMs) });
  const may = useMay();
  const changes = useQuery({
    ...query('listUnsettledChanges', { query: { limit: 100 } }),
    enabled: may('sources.read'),
    refetchInterval: every(lookAgainMs),
  });
  const nameOf = useSourceNames();
  const failed = (what: string, about: string, list: typeof runs.data | typeof drills.data): Finding[] =>
    lastFailures<FailedAttempt>(list?.items ?? []).map(({ id, sourceId, state, startedAt, failure }) => ({
      key: `${what} ${id}`,
      severity: state === 'failed' ? 'bad' : 'warn',
      about,
      link:
        what === 'backup'
          ? { to: '/runs/$run', params: { run: String(id) } }
          : { to: '/drills/$drill', params: { drill: String(id) } },
      title: `The last ${what} of ${nameOf(sourceId)} ${state === 'failed' ? 'failed' : 'was interrupted'}`,
      sentence: ['Begun ', { at: startedAt }, ...(failure === undefined ? [] : [`: ${failure.message}`])],
    }));
  const findings = [
    ...findingsOf(
      report,
      (changes.data?.items ?? []).map((change) => unsettled(change, nameOf(change.sourceId))),
    ),
    ...failed('backup', 'Backup', runs.data),
    ...failed('drill', 'Drill', drills.data),
  ];
  const unseen = [runs, drills, ...(may('sources.read') ? [changes] : [])].find(
    ({ data }) => data === undefined,
  );
  const isCalm = findings.length === 0 && unseen === undefined;
  return (
    <Section title={findings.length === 0 ? 'Needs attention' : `Needs attention (${findings.length})`}>
      {unseen === undefined ? null : unseen.error === null ? (
        <Text size="sm" c="dimmed" role="status">
          What failed lately is being looked up …
        </Text>
      ) : (
        <ProblemNotice error={unseen.error} />
      )}
      {isCalm ? <Calm /> : null}
      {findings.length === 0 ? null : (
        <Stack component="ul" gap="xs" className="plain">
          {findings.map((finding) => (
            <Paper
              component="li"
              key={finding.key}
              withBorder
              p="sm"
              className="finding"
              data-severity={finding.severity}
            >
              <Group gap="sm" wrap="nowrap" align="flex-start">
                <Icon
                  name={finding.severity === 'bad' ? 'cross' : 'warning'}
                  label={finding.severity === 'bad' ? 'Failed' : 'Warning'}
                />
                <div>
                  <Text size="xs" c="dimmed">
                    {finding.about}
                  </Text>
                  <Text fw={600} className="breakable">
                    {finding.link === undefined ? (
                      finding.title
                    ) : (
                      <TextLink {...(finding.link as LinkProps)} inherit c="inherit">
                        {finding.title}
                      </TextLink>
                    )}
                  </Text>
                  <Text size="sm" c="dimmed" className="breakable">
                    <Evidence sentence={finding.sentence} />
                  </Text>
                </div>
              </Group>
            </Paper>
          ))}
        </Stack>
      )}
    </Section>
  );
}

const Calm = () => (
  <Paper withBorder p="md" className="calm">
    <Group gap="sm" wrap="nowrap">
      <Icon name="check" size={22} />
      <Text>Nothing needs you now. Broken promises, open incidents and failed runs would be here.</Text>
    </Group>
  </Paper>
);

interface FailedAttempt {
  readonly id: number;
  readonly sourceId: string;
  readonly state: string;
  readonly startedAt: string;
  readonly failure?: { readonly message: string } | undefined;
}
