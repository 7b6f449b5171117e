import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { every } from '../../api/every.ts';
import { query } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { PromiseList } from '../../parts/records/promise-list.tsx';
import { StateBadge } from '../../parts/records/state-badge.tsx';

const order = ['broken', 'at-risk', 'unknown', 'kept'] as const;

/** What the policy promises of each service, whether it is true at this moment, and what proves that. */
export function Promises() {
  const status = useQuery({ ...query('getStatus', {}), refetchInterval: every(15_000) });
  return (
    <Page
      title="Promises"
      lead="Sentences of your policy, judged at this moment from recorded evidence alone. What is not known is never shown as kept."
    >
      <Loaded query={status}>
        {({ services, general, promises }) =>
          services.length + general.length === 0 ? (
            <Empty title="Nothing is promised yet">
              A service makes promises by its objectives: backups are fresh, a restore is rehearsed, it is
              back in time, a copy lies elsewhere, and recovery kits open it. Their history is only added to,
              and stands on the public page.
            </Empty>
          ) : (
            <>
              <Group component="ul" gap="md" className="plain" aria-label="In all">
                {order
                  .filter((state) => promises[state] > 0)
                  .map((state) => (
                    <Group component="li" key={state} gap={6}>
                      <StateBadge state={state} />
                      <Text size="sm">{promises[state]}</Text>
                    </Group>
                  ))}
              </Group>
              {general.length === 0 ? null : (
                <Section title="The whole organisation">
                  <PromiseList promises={general} />
                </Section>
              )}
              {services.map((service) => (
                <Section key={service.slug} title={service.name}>
                  <PromiseList
                    promises={[...service.promises].sort(
                      (a, b) => order.indexOf(a.state) - order.indexOf(b.state),
                    )}
                  />
                </Section>
              ))}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
