import { Code, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { Enrolment } from '../../api/operations.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { isAboutFields, objectionsOf } from '../../parts/forms/objections.ts';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import type { Proved } from '../../parts/proof.tsx';

/** Tells an authenticator app a secret, and takes the code that shows that it knows it. */
export function SetUpApp(props: {
  readonly enrolment: Enrolment;
  readonly proved: Proved;
  /** There is an app already, which goes on until the new one has shown a right code. */
  readonly replaces: boolean;
  readonly leave: () => void;
  readonly done: (recoveryCodes: readonly string[]) => void;
}) {
  const { enrolment, proved, replaces, leave, done } = props;
  const { secret, qrCode } = enrolment;
  const [code, setCode] = useState('');
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const { act, busy, error } = useAct();
  const submit = async (): Promise<void> => {
    setOwn(code.trim() === '' ? { code: 'Type the code that the app shows.' } : {});
    if (code.trim() === '' || busy) return;
    await act(async () => {
      const { data } = await proved(() => ask('confirmSecondFactor', { body: { code } }));
      done(data.recoveryCodes);
    });
  };
  return (
    <FormDialog
      opened
      close={leave}
      title={replaces ? 'Set up another app' : 'Set up your app'}
      submit={() => void submit()}
      giveUp={leave}
      button="Turn it on"
    >
      <ol className="steps">
        <li>Take an authenticator app on your phone, any that knows time-based codes (TOTP).</li>
        <li>
          <Stack gap="xs">
            Scan this with it, or type the secret into it.
            <svg
              role="img"
              aria-label="QR code with the secret that is written below it"
              viewBox={`0 0 ${qrCode.side} ${qrCode.side}`}
              width={220}
              height={220}
              shapeRendering="crispEdges"
            >
              <rect width={qrCode.side} height={qrCode.side} fill="#fff" />
              <path d={qrCode.path} fill="#000" />
            </svg>
            <Code fz="sm" className="breakable">
              {secret.match(/.{1,4}/g)?.join(' ') ?? secret}
            </Code>
            <Text size="xs" c="dimmed">
              Time-based, six digits, 30 seconds, SHA-1.
            </Text>
          </Stack>
        </li>
        <li>
          Type the code that the app shows now.
          <TextInput
            mt="xs"
            label="Code of your app"
            autoComplete="one-time-code"
            inputMode="numeric"
            maw={320}
            value={code}
            onChange={({ currentTarget }) => setCode(currentTarget.value)}
            error={objectionsOf(error, own).code}
          />
        </li>
      </ol>
      <Text size="sm" c="dimmed">
        You get recovery codes next, and are signed out everywhere else.
        {replaces ? ' The app before goes on until the new one has shown a right code.' : ''}
      </Text>
      {error === null || isAboutFields(error) ? null : <ProblemNotice error={error} />}
    </FormDialog>
  );
}
