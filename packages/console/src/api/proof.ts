import { ask } from './ask.ts';
import type { ProofState } from './operations.ts';
import { showPasskey } from './passkey.ts';
import { ApiProblem } from './problem.ts';

export type { ProofState } from './operations.ts';

/** @throws ApiProblem */
export const proofState = async (): Promise<ProofState> => (await ask('getProofState', {})).data;

/**
 * Shows who is signed in, by the password or a code. What is given leaves no trace here.
 * @returns what stands against it; undefined: it was right
 * @throws ApiProblem when nobody could be asked
 */
export const giveProof = (given: string): Promise<string | undefined> =>
  objectionOf('given', () => ask('giveProof', { body: { given } }));

/** The same by a passkey. @throws ApiProblem, also when the browser gives none */
export const givePasskey = (): Promise<string | undefined> =>
  objectionOf('answer', async () => {
    const { options } = (await ask('beginPasskeyProof', {})).data;
    await ask('givePasskeyProof', { body: { answer: await showPasskey(options) } });
  });

async function objectionOf(field: string, give: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await give();
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 429) return `${error.title}. ${error.advice ?? ''}`;
    const objection = error.fieldErrors()[field];
    if (objection === undefined) throw error;
    return objection;
  }
}
