import { Checkbox, Radio, Stack, Text, TextInput } from '@mantine/core';
import { type Role, roleName, rolePower, roles } from '../../api/roles.ts';
import { useServices } from '../../api/service-names.ts';

/** A role as it is chosen, with what an outside administrator needs. */
export type RoleFields = {
  readonly role: string;
  /** `2027-01-31` */
  readonly until: string;
  readonly services: string[];
};

/** What is wrong before the server is asked: by field. */
export const roleObjections = ({ role, until, services }: RoleFields): Readonly<Record<string, string>> => ({
  ...(role === '' ? { role: 'Choose a role.' } : {}),
  ...(role === 'outside-administrator' && until === '' ? { until: 'Say until which day.' } : {}),
  ...(role === 'outside-administrator' && services.length === 0
    ? { services: 'Assign at least one service.' }
    : {}),
});

/** As the API takes it. */
export const roleBody = ({ role, until, services }: RoleFields) => ({
  role: role as Role,
  ...(role === 'outside-administrator' ? { until, services } : {}),
});

/** Which role, in plain words of what each may do; of an outside administrator also where and until when. */
export function RoleChoice(props: {
  readonly fields: RoleFields;
  readonly set: <K extends keyof RoleFields>(field: K, value: RoleFields[K]) => void;
  readonly errors: Readonly<Record<string, string>>;
}) {
  const { fields, set, errors } = props;
  const services = useServices();
  return (
    <>
      <Radio.Group
        label="Role"
        value={fields.role}
        onChange={(role) => set('role', role)}
        error={errors.role}
      >
        <Stack gap="xs" my={6}>
          {roles.map((role) => (
            <Radio key={role} value={role} label={roleName(role)} description={rolePower(role)} />
          ))}
        </Stack>
      </Radio.Group>
      {fields.role === 'outside-administrator' ? (
        <>
          <Checkbox.Group
            label="Services"
            description="Nothing of the others is seen."
            value={fields.services}
            onChange={(chosen) => set('services', chosen)}
            error={errors.services}
          >
            <Stack gap="xs" my={6}>
              {services.map(({ id, name }) => (
                <Checkbox key={id} value={id} label={name} />
              ))}
              {services.length === 0 ? (
                <Text size="sm">There is no service yet that could be assigned: add one first.</Text>
              ) : null}
            </Stack>
          </Checkbox.Group>
          <TextInput
            type="date"
            label="Last day"
            description="By UTC. After it nothing is seen, and the account stays."
            min={new Date().toISOString().slice(0, 10)}
            value={fields.until}
            onChange={({ currentTarget }) => set('until', currentTarget.value)}
            error={errors.until}
            maw={240}
          />
        </>
      ) : null}
    </>
  );
}
