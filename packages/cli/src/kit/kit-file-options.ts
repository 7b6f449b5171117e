import type { Command } from 'commander';

/** How encrypted kits are opened. */
export const addKitFileOptions = (command: Command): Command =>
  command
    .option(
      '--kit-passphrase-file <file>',
      'holds the passphrase of encrypted kits (default: ask on the terminal)',
    )
    .option('--kit-identity-file <file>', 'age identity that opens kits encrypted for a recipient');
