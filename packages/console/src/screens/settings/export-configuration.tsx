import { Button, Stack, Text } from '@mantine/core';
import { ask } from '../../api/ask.ts';
import { useAct } from '../../parts/forms/act.ts';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { downloadText } from '../../parts/page/download-text.ts';
import { Section } from '../../parts/page/section.tsx';

/** All services and sources as a file, for Git. */
export function ExportConfiguration() {
  const { act, busy, error } = useAct();
  const download = () =>
    act(async () => {
      const { data } = await ask('getConfiguration', {});
      downloadText('services.yaml', data.text);
    });
  return (
    <Section title="Configuration as a file">
      <Stack align="flex-start">
        <Text>
          All services and sources, which octobox apply takes. Passwords and the settings above are not in it.
        </Text>
        <Button variant="default" loading={busy} onClick={() => void download()}>
          Download services.yaml
        </Button>
        {error === null ? null : <ProblemNotice error={error} />}
      </Stack>
    </Section>
  );
}
