import { once } from 'node:events';
import { createLog, type Platform } from '@octobox/server';
import { type Command, Option } from 'commander';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../options/global-options.ts';
import { listenAddress } from '../options/listen-address.ts';
import { offerSetUp } from '../platform/offer-set-up.ts';
import { openOwnPlatform, platformConfig } from '../platform/open-own-platform.ts';
import { addPlatformOptions, type ServeFlags } from '../platform/platform-options.ts';
import { terminalLog } from '../platform/terminal-log.ts';
import type { Cli } from '../verb.ts';

interface Flags extends ServeFlags, OutputFlags {}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Runs the schedules, the restore drills, the watch over every source, and the public status page, until\n' +
        'Ctrl-C or SIGTERM. What was never backed up or never rehearsed is at once. What is under way at the end\n' +
        'gets a few seconds, and is taken up again at the next start. Due times that passed meanwhile are recorded\n' +
        'as late or missed.\n' +
        'The console, where you sign in, is on loopback, port 8430 (environment: OCTOBOX_CONSOLE_LISTEN). Until it has an\n' +
        'owner each start prints a one-time link to become that; without a terminal it is in the file set-up-link of\n' +
        'the data folder.\n' +
        'On a terminal the log is plain lines, in a pipe JSON lines; both on standard error.',
    )
    .option(
      '--listen <host:port>',
      'where the page is served (environment: OCTOBOX_LISTEN; default: 127.0.0.1:8420; port 0: any free one)',
      listenAddress,
    )
    .addOption(
      new Option(
        '--role <role>',
        'web: the pages, the console and the API; worker: the jobs, the schedules and the watch; all: both (environment: OCTOBOX_ROLE; default: all). Several processes, on one machine or on several, may share one database',
      ).choices(['all', 'web', 'worker']),
    )
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      const { log: settings } = platformConfig(cli, flags);
      const forPeople = cli.out.stderr.isTTY === true && !flags.json;
      const log = forPeople ? terminalLog(cli.out, settings.level) : createLog({ level: settings.level });
      await using platform = await openOwnPlatform(cli, flags, { mayCreate: true, log, checkLater: true });
      const { role } = platform.config;
      // Both addresses are taken before anything else begins.
      const pages = role === 'worker' ? undefined : await startPages(cli, platform);
      // Meanwhile what is there is shown; a database that turns out to be damaged ends the server before it did anything.
      await Promise.race([platform.checkDatabase(), aborted(cli.signal)]);
      if (cli.signal.aborted) return;
      if (role !== 'web') await platform.start({ http: false, firstRuns: true });
      const sources = (await platform.catalog.sources()).length;
      if (flags.json) {
        const { setUp, ...urls } = pages ?? {};
        const file = setUp?.file === undefined ? {} : { set_up_link_file: setUp.file };
        await cli.out.printJson({ message_type: 'started', role, ...urls, ...file, sources });
      } else {
        if (role === 'worker') await cli.out.print('worker: started; pages are served by other processes');
        if (pages !== undefined) {
          await cli.out.print(`status page: ${pages.url}`);
          await cli.out.print(`console: ${pages.console}`);
          if (pages.setUp.line !== undefined) await cli.out.print(pages.setUp.line);
        }
        if (role === 'web') cli.out.say('Backups, drills and the watch are left to workers.');
        if (sources === 0) cli.out.say('Nothing is protected yet: begin with `octobox protect`.');
      }
      await cli.out.flush();
      await aborted(cli.signal);
      // The end of a server that was asked to end is no failure: it returns, and the exit code is 0.
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(
    command,
    [],
    {
      0: 'ended by Ctrl-C or SIGTERM, as servers are',
      1: 'it could not start: the port is taken, or the configuration or the database is damaged',
    },
    { signals: false },
  );
}

const aborted = async (signal: AbortSignal): Promise<unknown> =>
  signal.aborted || (await once(signal, 'abort'));

async function startPages(cli: Cli, platform: Platform) {
  const { url } = await platform.startPages(cli.signal);
  const console = await platform.startConsole();
  const setUp = await offerSetUp(cli, { ...console, dataFolder: platform.config.dataFolder });
  return { url: platform.config.publicUrl ?? url, console: console.url, setUp };
}
