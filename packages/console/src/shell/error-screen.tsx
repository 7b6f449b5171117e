import { Button, Group } from '@mantine/core';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiProblem, partMissing } from '../api/problem.ts';
import { ProblemNotice } from '../parts/notices/problem-notice.tsx';
import { Page } from '../parts/page/page.tsx';
import { isOlder } from './screen.ts';

/** A screen that cannot be shown says why, and the others stay within reach. */
export function ErrorScreen({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const isMissing = error instanceof ApiProblem && error.code === partMissing().code;
  useEffect(() => {
    if (!isMissing) return;
    // There is a new one, whose files have other names: this page asks for what is gone. Drafts of forms are kept.
    void isOlder().then((older) => older && window.location.reload());
  }, [isMissing]);
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
