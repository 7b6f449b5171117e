import { Button, Group } from '@mantine/core';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { ProblemNotice } from '../parts/notices/problem-notice.tsx';
import { Page } from '../parts/page/page.tsx';

/** A screen that cannot be shown says why, and the others stay within reach. */
export function ErrorScreen({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Page title="This screen cannot be shown">
      <ProblemNotice error={error} />
      <Group>
        <Button onClick={again}>Try again</Button>
        <Button variant="default" onClick={() => window.location.reload()}>
          Load the page anew
        </Button>
      </Group>
    </Page>
  );
}
