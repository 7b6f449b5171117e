import { Alert } from '@mantine/core';

/** In a plan that is shown anew, since somebody else was faster. */
export const OutdatedNotice = () => (
  <Alert color="orange" title="Somebody else changed it meanwhile" role="alert">
    Nothing of yours was done. Above is what you would change of what it has become.
  </Alert>
);
