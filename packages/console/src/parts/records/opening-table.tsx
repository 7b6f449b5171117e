import type { VaultOpening } from '../../api/operations.ts';
import { TextLink } from '../page/link.tsx';
import { DataTable } from '../table/data-table.tsx';
import { Moment } from '../words/moment.tsx';
import { personName } from '../words/vault-words.ts';

/** Who opened what, when, from where, and by which right. */
export const OpeningTable = ({
  openings,
  withEntry = false,
}: {
  readonly openings: readonly VaultOpening[];
  readonly withEntry?: boolean;
}) => (
  <DataTable
    caption="Openings, the newest first"
    rows={openings}
    keyOf={({ id }) => id}
    columns={[
      { name: 'When', cell: ({ at }) => <Moment at={at} /> },
      ...(withEntry
        ? [
            {
              name: 'Entry',
              cell: ({ entryId, entryName }: VaultOpening) => (
                <TextLink to="/vault/$entry" params={{ entry: entryId }} className="breakable">
                  {entryName}
                </TextLink>
              ),
            },
          ]
        : []),
      { name: 'Who', cell: ({ person }) => personName(person) },
      {
        name: 'By right of',
        cell: ({ grantId }) => (grantId === undefined ? 'being its owner' : `grant ${grantId}`),
      },
      { name: 'From', cell: ({ address }) => address ?? '–' },
    ]}
  />
);
