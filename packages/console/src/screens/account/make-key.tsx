import { Checkbox, SimpleGrid, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { Permission } from '../../api/caller.ts';
import type { KeyOffer } from '../../api/operations.ts';
import { FormDialog } from '../../parts/dialog/form-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { useDraft } from '../../parts/forms/draft.ts';
import { isAboutFields, objectionsOf } from '../../parts/forms/objections.ts';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { useProof } from '../../parts/proof.tsx';

/** Names a key, says what it is for and until when. The key itself goes to `done`, and nowhere else. */
export function MakeKey(props: {
  readonly opened: boolean;
  readonly offer: KeyOffer;
  readonly close: () => void;
  readonly done: (key: { readonly name: string; readonly secret: string }) => void;
}) {
  const { opened, offer, close, done } = props;
  const { fields, set, drop } = useDraft('new API key', { name: '', until: '', scopes: '' });
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const { act, busy, error, reset } = useAct();
  const { proved, dialog } = useProof();
  const chosen = fields.scopes.split(' ').filter((scope) => offer.scopes.some((each) => each === scope));
  const submit = async (): Promise<void> => {
    const name = fields.name.trim();
    const missing = {
      ...(name === '' ? { name: 'Say what it is for.' } : {}),
      ...(fields.until === '' ? { until: 'Say the last day on which it works.' } : {}),
      ...(chosen.length === 0 ? { scopes: 'Choose at least one permission.' } : {}),
    };
    reset();
    setOwn(missing);
    if (Object.keys(missing).length > 0 || busy) return;
    await act(async () => {
      const body = { name, until: fields.until, scopes: chosen as Permission[] };
      const { data } = await proved(() => ask('makeApiKey', { body }));
      drop();
      done({ name, secret: data.secret });
    });
  };
  const objections = objectionsOf(error, own);
  return (
    <>
      <FormDialog
        opened={opened}
        close={close}
        title="Make an API key"
        submit={() => void submit()}
        giveUp={() => {
          drop();
          reset();
          setOwn({});
          close();
        }}
        button="Make the key"
      >
        <TextInput
          label="What it is for"
          description="The name of the program, to know the key by"
          autoComplete="off"
          maxLength={80}
          value={fields.name}
          onChange={({ currentTarget }) => set('name', currentTarget.value)}
          error={objections.name}
        />
        <TextInput
          type="date"
          label="Last day"
          description={`UTC, ${offer.latestDay} at the latest`}
          max={offer.latestDay}
          maw={240}
          value={fields.until}
          onChange={({ currentTarget }) => set('until', currentTarget.value)}
          error={objections.until}
        />
        <Checkbox.Group
          label="It may"
          description="No more than the program needs; what is dangerous no key can do"
          value={chosen}
          onChange={(scopes) => set('scopes', scopes.join(' '))}
          error={objections.scopes}
        >
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" mt="xs">
            {offer.scopes.map((scope) => (
              <Checkbox key={scope} value={scope} label={scope} />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
        {error === null || isAboutFields(error) ? null : <ProblemNotice error={error} />}
      </FormDialog>
      {dialog}
    </>
  );
}
