import { useQuery } from '@tanstack/react-query';
import { useMay } from '../../api/caller.ts';
import { query } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { Checks } from './checks.tsx';
import { FreeSpace } from './free-space.tsx';
import { Growth } from './growth.tsx';
import { Holdings } from './holdings.tsx';
import { Locks } from './locks.tsx';
import { Mirrors } from './mirrors.tsx';
import { Repair } from './repair.tsx';
import { RepositoryCard } from './repository-card.tsx';

/** Where the backups lie, how far each copy elsewhere is behind, and how large all of it becomes. */
export function Repositories() {
  const may = useMay();
  const repositories = useQuery({
    ...query('listRepositories', { query: { limit: 100 } }),
    refetchInterval: 15_000,
  });
  return (
    <Page title="Repositories" lead="Where the backups lie, and their copies elsewhere.">
      <Loaded query={repositories}>
        {({ items }) => (
          <>
            <div className="cards">
              {items.map((repository) => (
                <RepositoryCard key={repository.name ?? ''} repository={repository} />
              ))}
            </div>
            {items.some(({ role }) => role === 'off-site') ? null : (
              <Empty title="There is no copy off site">
                A fire, a theft or an intruder takes the only copy. Name another place under{' '}
                <code>offsite:</code> in octobox.yaml: each backup is then sent there after it was taken,
                under keys of its own.
              </Empty>
            )}
          </>
        )}
      </Loaded>
      <Growth />
      <Section title="What it holds">
        <Holdings />
      </Section>
      <Section title="Is the repository whole?">
        <Checks />
      </Section>
      {may('repositories.check') ? (
        <Section title="Repair">
          <Repair />
        </Section>
      ) : null}
      <Section title="Who works on it">
        <Locks />
      </Section>
      {may('repositories.change') ? (
        <Section title="What nobody needs any more">
          <FreeSpace />
        </Section>
      ) : null}
      <Section title="What was sent off site">
        <Mirrors />
      </Section>
    </Page>
  );
}
