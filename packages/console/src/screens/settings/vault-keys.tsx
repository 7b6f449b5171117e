import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { query } from '../../api/queries.ts';
import { Facts } from '../../parts/page/facts.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Section } from '../../parts/page/section.tsx';
import { countWords } from '../../parts/words/size-words.ts';

const states = { current: 'in use', retiring: 'on its way out', retired: 'out of use' };

/** For which keys the secrets are sealed; they are changed on the machine that holds them. */
export function VaultKeys() {
  const keys = useQuery(query('getVaultKeys', {}));
  return (
    <Section title="Keys of the vault">
      <Loaded query={keys}>
        {({ keys, rotating }) => (
          <>
            <Facts
              facts={keys.map(({ fingerprint, bits, state, secrets, held }) => [
                fingerprint.slice(0, 16),
                `${states[state]}, ${bits} bits, ${countWords(secrets)} secrets${held || state === 'retired' ? '' : '; not on the machine that answers'}`,
              ])}
            />
            <Text mt="sm">
              {rotating
                ? 'A rotation is under way, or was cut off: octobox vault rotate on the machine carries it on.'
                : 'A new key is made by octobox vault rotate on the machine: it never leaves it.'}
            </Text>
          </>
        )}
      </Loaded>
    </Section>
  );
}
