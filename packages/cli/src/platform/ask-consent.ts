import { confirm, isCancel } from '@clack/prompts';
import { InterruptedError } from '../errors.ts';

/** Asks a question whose safe answer is no. */
export async function askConsent(question: string, signal: AbortSignal): Promise<boolean> {
  const answer = await confirm({ message: question, initialValue: false, output: process.stderr, signal });
  if (isCancel(answer)) throw signal.aborted ? signal.reason : new InterruptedError('SIGINT');
  return answer;
}
