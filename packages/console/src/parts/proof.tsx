import { Alert, Button, Divider, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { type FocusEvent, type FormEvent, type ReactNode, useState } from 'react';
import { useCaller } from '../api/caller.ts';
import { knowsPasskeys } from '../api/passkey.ts';
import { ApiProblem } from '../api/problem.ts';
import { givePasskey, giveProof, type ProofState, proofState } from '../api/proof.ts';
import { Dialog } from './dialog/dialog.tsx';
import { Icon } from './page/icon.tsx';

/** Somebody would not show who it is: nothing was done, and nothing is to be said of it. */
export class NotProved extends Error {}

interface Asking {
  readonly by: ProofState;
  readonly answer: (proved: boolean) => void;
}

/** Does something that may need a fresh proof. @throws NotProved when none is given; whatever `act` throws */
export type Proved = <T>(act: () => Promise<T>) => Promise<T>;

/**
 * For what needs a fresh proof of who asks. `proved(act)` does it; when the proof is too old it is asked for in a dialogue
 * (`dialog`, to be put on the screen), and then the same is done.
 */
export function useProof(): {
  readonly proved: Proved;
  /** The same before something is done that cannot tell by itself. @throws NotProved */
  readonly ready: () => Promise<void>;
  readonly dialog: ReactNode;
} {
  const [asking, setAsking] = useState<Asking>();
  const prove = async (by: ProofState): Promise<void> => {
    const proved = await new Promise<boolean>((answer) => setAsking({ by, answer }));
    setAsking(undefined);
    if (!proved) throw new NotProved();
  };
  const ready = async (): Promise<void> => {
    const state = await proofState();
    if (!state.fresh) await prove(state);
  };
  return {
    ready,
    async proved(act) {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== 'server.proof-needed') throw error;
        await prove(await proofState());
        return await act();
      }
    },
    dialog: asking === undefined ? null : <ProofDialog {...asking} />,
  };
}

function ProofDialog({ by: { kind, passkey }, answer }: Asking) {
  const caller = useCaller();
  const [given, setGiven] = useState('');
  const [isRecoveryCode, setRecoveryCode] = useState(false);
  const [objection, setObjection] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState<'typed' | 'passkey'>();
  const give = async (
    what: 'typed' | 'passkey',
    act: () => Promise<string | undefined>,
    refuse: (objection: string) => void,
  ): Promise<void> => {
    setBusy(what);
    setObjection(undefined);
    setFailure(undefined);
    try {
      const refused = await act();
      if (refused === undefined) answer(true);
      else refuse(refused);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : 'It did not work. Try again.');
    } finally {
      setBusy(undefined);
    }
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    await give('typed', () => giveProof(given), setObjection);
    setGiven('');
  };
  const show = (): void => void give('passkey', givePasskey, setFailure);
  const field = {
    value: given,
    onChange: ({ currentTarget }: { currentTarget: HTMLInputElement }) => setGiven(currentTarget.value),
    error: objection,
    required: true,
    withAsterisk: false,
    'data-autofocus': true,
  };
  return (
    <Dialog
      opened
      onClose={() => answer(false)}
      title={<Text fw={600}>Is it you?</Text>}
      closeButtonProps={{ 'aria-label': 'Close' }}
      zIndex={300}
      closeOnEscape={false}
      onFocusCapture={staysHere}
      onKeyDown={({ key }) => key === 'Escape' && answer(false)}
    >
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <Text size="sm">Before this is done, show that it is still you.</Text>
          {failure === undefined ? null : (
            <Alert color="red" role="alert">
              {failure}
            </Alert>
          )}
          {passkey && knowsPasskeys() ? (
            <>
              <Button
                onClick={show}
                loading={busy === 'passkey'}
                variant="light"
                leftSection={<Icon name="key" />}
              >
                Show a passkey
              </Button>
              <Divider label="or" />
            </>
          ) : null}
          {kind === 'password' ? (
            <>
              <input type="email" autoComplete="username" value={caller?.email ?? ''} readOnly hidden />
              <PasswordInput
                label="Password"
                autoComplete="current-password"
                visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
                {...field}
              />
            </>
          ) : isRecoveryCode ? (
            <TextInput
              key="recovery"
              label="Recovery code"
              description="One of the ten that you kept. It is good once."
              autoComplete="off"
              {...field}
            />
          ) : (
            <TextInput
              key="code"
              label="Code of your app"
              autoComplete="one-time-code"
              inputMode="numeric"
              {...field}
            />
          )}
          <Group justify="flex-end">
            {kind === 'code' ? (
              <Button variant="subtle" onClick={() => setRecoveryCode(!isRecoveryCode)}>
                {isRecoveryCode ? 'Use the app' : 'Use a recovery code'}
              </Button>
            ) : null}
            <Button variant="default" onClick={() => answer(false)}>
              Do nothing
            </Button>
            <Button type="submit" loading={busy === 'typed'}>
              Go on
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** Mantine closes every dialogue that is open with one Escape, also that whose form waits below for the proof. */
const staysHere = ({ target }: FocusEvent): void =>
  target.setAttribute('data-mantine-stop-propagation', 'true');
