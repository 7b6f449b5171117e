import { isCancel, password } from '@clack/prompts';
import { InterruptedError } from '../errors.ts';

/** Asks on the terminal without showing what is typed. Standard output stays free for results. */
export async function askPassword(question: string, signal: AbortSignal): Promise<string> {
  const answer = await password({ message: question, mask: '', output: process.stderr, signal });
  if (isCancel(answer)) throw signal.aborted ? signal.reason : new InterruptedError('SIGINT');
  return answer;
}
