import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Page } from '../parts/page/page.tsx';

export const NotFoundScreen = () => (
  <Page title="There is nothing here">
    <Text>
      The address may be old, or mistyped.{' '}
      <Anchor component={Link} to="/" underline="always">
        Go to the overview
      </Anchor>
    </Text>
  </Page>
);
