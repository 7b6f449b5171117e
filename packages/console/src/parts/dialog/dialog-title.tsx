import { Text } from '@mantine/core';

/** The heading of a dialogue; `focused` where one begins by reading, and nothing is to be filled in. */
export const DialogTitle = ({
  text,
  focused = false,
}: {
  readonly text: string;
  readonly focused?: boolean;
}) => (
  <Text fw={600} component="span" {...(focused ? { tabIndex: -1, 'data-autofocus': true } : {})}>
    {text}
  </Text>
);
