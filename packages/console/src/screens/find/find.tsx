import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useCaller, useMay } from '../../api/caller.ts';
import { operations, type Source } from '../../api/operations.ts';
import { whole } from '../../api/queries.ts';
import { roleNames } from '../../api/roles.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { FindFields } from './find-fields.tsx';
import './find.css';
import { Findings } from './findings.tsx';
import { isSearch } from './wanted.ts';

const route = getRouteApi('/snapshots/find');

/** In which snapshots a file is that somebody lost, how it was in each, and the ways to have it back. */
export function Find() {
  const caller = useCaller();
  const isAble = useMay()('snapshots.read');
  const sources = useQuery({ ...whole('listSources', {}), enabled: isAble, staleTime: 60_000 });
  return (
    <Page
      title="Find a file"
      lead="In all snapshots of a source at once: in which it is, and how it was in each."
      actions={isAble ? <TextLink to="/snapshots">All snapshots</TextLink> : undefined}
    >
      {caller !== undefined && !isAble ? (
        <Empty title="Your role does not include looking into snapshots">
          {roleNames(operations.findSnapshotFiles.roles)} may. Ask one of them, or an owner of the
          organisation for another role.
        </Empty>
      ) : (
        <Loaded query={sources}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="There is no source">
                What was never backed up is in no snapshot: add a source first, on the screen of a{' '}
                <TextLink to="/services">service</TextLink>.
              </Empty>
            ) : (
              <Asked sources={items} />
            )
          }
        </Loaded>
      )}
    </Page>
  );
}

function Asked({ sources }: { readonly sources: readonly Source[] }) {
  const given = route.useSearch();
  // Who writes an address by hand names the source.
  const source = sources.find(({ id, name }) => given.source === id || given.source === name);
  const wanted = useMemo(
    () => (source === undefined ? given : { ...given, source: source.id }),
    [given, source],
  );
  return (
    <>
      <FindFields wanted={wanted} sources={sources} />
      {isSearch(wanted) ? (
        <Findings key={JSON.stringify({ ...wanted, file: undefined })} wanted={wanted} name={source?.name} />
      ) : (
        <Examples />
      )}
    </>
  );
}

const examples = [
  ['invoice', 'every name that has this in it: Invoice-17.pdf, old-invoices'],
  ['*.sql', 'every name that ends so'],
  ['2026-0[1-3]-*.csv', 'of January, February or March'],
  ['report-?.docx', 'one sign for the ?: report-7.docx, and not report-12.docx'],
] as const;

const Examples = () => (
  <Empty title="What can be looked for">
    <dl className="find-examples">
      {examples.map(([pattern, what]) => (
        <div key={pattern}>
          <dt>
            <code>{pattern}</code>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
    Files and folders are found by their names, not by what is in them; large and small letters are alike. The
    address holds what was looked for, and can be handed on.
  </Empty>
);
