import { Group, Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { query } from '../../api/queries.ts';
import { Icon } from '../../parts/page/icon.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords } from '../../parts/words/size-words.ts';

/** Whether anybody opened what nobody had shared: the number that must be zero, and what it was counted from. */
export function VaultEvidence() {
  const evidence = useQuery(query('getVaultEvidence', {}));
  return (
    <Loaded query={evidence} rows={1}>
      {({ withoutGrant, altered, unverified, openings, byOwners, underGrants, checkedAt, entries }) => {
        const isBad = withoutGrant + altered > 0;
        const isUnknown = unverified > 0;
        const severity = isBad ? 'bad' : isUnknown ? 'warn' : undefined;
        return (
          <Paper
            withBorder
            p="md"
            className={severity === undefined ? 'calm' : 'finding'}
            data-severity={severity}
          >
            <Group gap="sm" wrap="nowrap" align="flex-start">
              <Icon name={isBad ? 'cross' : isUnknown ? 'warning' : 'check'} size={22} />
              <div>
                <Text fw={600}>Opened without a grant: {countWords(withoutGrant)}</Text>
                <Text size="sm" c="dimmed">
                  Of {countWords(openings)} openings {countWords(byOwners)} were by owners and{' '}
                  {countWords(underGrants)} by persons to whom the owner gave a grant; {countWords(entries)}{' '}
                  {entries === 1 ? 'entry is' : 'entries are'} kept now. Counted <Moment at={checkedAt} />{' '}
                  from the book of openings.
                </Text>
                {altered === 0 ? null : (
                  <Text size="sm">
                    {countWords(altered)} entries of the book are not as they were written, or are gone:
                    somebody changed the database past Octobox. `octobox vault status` tells more.
                  </Text>
                )}
                {isUnknown ? (
                  <Text size="sm">
                    {countWords(unverified)} entries of the book cannot be verified, because the key that
                    sealed them is not here: of these nothing is known.
                  </Text>
                ) : null}
              </div>
            </Group>
          </Paper>
        );
      }}
    </Loaded>
  );
}
