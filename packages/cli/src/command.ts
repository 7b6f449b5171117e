/** The command: reads arguments and environment, runs a verb, and ends the process with the verb's exit code. */
import { readEnvironment } from './environment.ts';
import { InterruptedError, OutputClosedError } from './errors.ts';
import { exitCodeOf } from './exit-code.ts';
import { Interruption } from './interruption.ts';
import { errorLines, exitErrorMessage } from './output/error-report.ts';
import { Output } from './output/output.ts';
import { run } from './program.ts';

const args = process.argv.slice(2);
const env = readEnvironment(process.env);

const beforeEnd = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
const json = beforeEnd.includes('--json');

const interruption = new Interruption((error) => {
  if (!json) out.say(`octobox: ${error.signal} received, ending cleanly; once more to end at once`);
});
const out = new Output({
  stdout: process.stdout,
  stderr: process.stderr,
  onClosed: (error) => interruption.outputClosed(error),
});

process.on('SIGUSR1', () => out.showProgress?.());

const interactive = process.stdin.isTTY === true && process.stderr.isTTY === true;

/** The exit code. Everything that a verb throws ends here. */
async function main(): Promise<number> {
  try {
    await run(args, { env, out, signal: interruption.signal, interactive, input: process.stdin });
    await out.flush();
    return 0;
  } catch (thrown) {
    // What a verb throws after an abort is of no interest; that it was interrupted is.
    const error = interruption.reason ?? thrown;
    if (!(error instanceof OutputClosedError)) await out.flush().catch(() => undefined);
    if (json) out.say(JSON.stringify(exitErrorMessage(error)));
    else if (!(error instanceof InterruptedError)) {
      for (const line of errorLines(error, { debug: env.debug })) out.say(line);
    }
    return exitCodeOf(error);
  }
}

const code = await main();
interruption[Symbol.dispose]();
// Worker threads and sockets that are still closing must not hold the command back.
process.stderr.write('', () => process.exit(code));
