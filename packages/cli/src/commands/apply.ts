import {
  carryOut,
  countOf,
  firstPlan,
  isChange,
  OutgoingAddresses,
  type Plan,
  preparePlan,
} from '@octobox/server';
import type { Command } from 'commander';
import { declarationOf } from '../apply/declaration-file.ts';
import { examineVisibly } from '../apply/examine-visibly.ts';
import { planJson, planLines } from '../apply/plan-report.ts';
import { CliError, UsageError } from '../errors.ts';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../options/global-options.ts';
import { printable } from '../output/snapshot-table.ts';
import { isSetUp, openOwnPlatform, platformConfig } from '../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../platform/platform-options.ts';
import { systemOrigin } from '../platform/system-origin.ts';
import type { Cli } from '../verb.ts';

interface Flags extends PlatformFlags, OutputFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly prune?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Makes what is protected as a file says: its section `services`, with services, their objectives, their sources\n' +
        'and their schedules. Shows the plan first, looks at every source that is new or reached in another way, asks\n' +
        'on a terminal (a script says --yes), and carries all of it out or nothing. What a file does not say has its\n' +
        'default; a password that it does not give stays as it is. Passwords are given by ${NAME} of the environment or\n' +
        'file:/path, and are never shown. Settings in the same file are for `octobox serve`, from its next start on.\n' +
        'Danger: with --prune, what is not in the file is protected no more. Snapshots and evidence stay, passwords go.',
    )
    .argument('[file]', "the file (default: the platform's own configuration, octobox.yaml)")
    .option('-n, --dry-run', 'only show the plan; no source is looked at')
    .option('--yes', 'without being asked')
    .option('--prune', 'remove what is not in the file; without it that is only told')
    .action(async (file: string | undefined) => {
      const flags = optionsOf<Flags>(command);
      const config = platformConfig(cli, flags);
      const declaration = await declarationOf(cli, config, file);
      await using open = new AsyncDisposableStack();
      const readOnly = flags.dryRun === true;
      const existing = (await isSetUp(config))
        ? open.use(await openOwnPlatform(cli, flags, { readOnly }))
        : undefined;
      const prune = flags.prune === true;
      const prepared =
        existing === undefined
          ? firstPlan(declaration)
          : await preparePlan(existing.catalog, declaration, { prune });
      const { plan } = prepared;
      if (flags.json) await cli.out.printJson(planJson(declaration, plan));
      else await cli.out.printAll(planLines(declaration, plan));
      await cli.out.flush();
      if (readOnly) return;
      if (plan.steps.some(isChange)) {
        refuseWithoutConsent(cli, flags);
        const outgoing = new OutgoingAddresses(config.network);
        const warnings = await examineVisibly(
          cli,
          plan.steps,
          { catalog: existing?.catalog, outgoing },
          flags,
        );
        for (const warning of warnings) cli.out.say(`warning: ${printable(warning)}`);
        await askForConsent(cli, flags);
        const platform = existing ?? open.use(await openOwnPlatform(cli, flags, { mayCreate: true }));
        const { created } = await platform.repository.init();
        await carryOut(platform.catalog, prepared, systemOrigin());
        if (created && !flags.json) {
          const { passwordFile } = platform.config.repository;
          cli.out.say(
            `The repository was made just now. Keep a copy of its password elsewhere: ${passwordFile}`,
          );
        }
      }
      if (flags.json) await cli.out.printJson(appliedJson(plan));
      else if (plan.steps.some(isChange)) await cli.out.print('done');
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, [12], { 0: 'all is as the file says, or the dry run showed its plan' });
}

const appliedJson = (plan: Plan): object => ({
  message_type: 'applied',
  created: countOf(plan, 'create'),
  changed: countOf(plan, 'change'),
  removed: countOf(plan, 'remove'),
  left: countOf(plan, 'leave'),
});

function refuseWithoutConsent(cli: Cli, flags: Flags): void {
  if (flags.yes === true || (cli.interactive && !flags.json)) return;
  throw new UsageError('the plan needs a yes, and there is nobody to ask', {
    advice: 'Look at it with --dry-run, then run again with --yes.',
  });
}

async function askForConsent(cli: Cli, flags: Flags): Promise<void> {
  if (flags.yes === true) return;
  const { askConsent } = await import('../platform/ask-consent.ts');
  if (!(await askConsent('Carry this out?', cli.signal))) {
    throw new CliError('cli.refused', 'nothing was changed, as you wished');
  }
}
