import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Page } from '../parts/page/page.tsx';
import { Moment } from '../parts/words/moment.tsx';

/** In the place of every screen, none of which the server would fill: no other role changes that. */
export const TimeOverScreen = ({ until }: { readonly until: string }) => (
  <Page title="Your time here is over">
    <Text>
      The time for which you were let in ended <Moment at={until} />. An owner of the organisation can prolong
      it, on the screen Members.
    </Text>
    <Text>
      What is kept of you is on the screen{' '}
      <Anchor component={Link} to="/account" underline="always">
        Your account
      </Anchor>
      .
    </Text>
  </Page>
);
