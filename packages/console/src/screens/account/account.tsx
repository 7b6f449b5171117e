import { useQuery } from '@tanstack/react-query';
import { thing } from '../../api/queries.ts';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { ApiKeys } from './api-keys.tsx';
import { Passkeys } from './passkeys.tsx';
import { Password } from './password.tsx';
import { Profile } from './profile.tsx';
import { SecondFactor } from './second-factor.tsx';
import { Sessions } from './sessions.tsx';

/** The account of who is signed in. */
export function Account() {
  const account = useQuery(thing('getAccount', {}));
  return (
    <Page title="Your account" lead="Who you are here, and everything that signs in as you.">
      <Loaded query={account} rows={6}>
        {({ data: known, etag }) => (
          <>
            <Profile account={known} etag={etag} refetch={account.refetch} />
            <Password account={known} />
            <SecondFactor account={known} />
            <Passkeys possible={known.mayHavePasskeys} />
            <Sessions />
            <ApiKeys />
          </>
        )}
      </Loaded>
    </Page>
  );
}
