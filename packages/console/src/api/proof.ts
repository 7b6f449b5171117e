import { ApiProblem, unreachable } from './problem.ts';
import { goToSignIn } from './sign-in.ts';

/** What a session is proved by: a code of the second factor where there is one, else the password. */
export interface ProofState {
  readonly kind: 'code' | 'password';
  /** It was given a moment ago, and is not asked for again. */
  readonly fresh: boolean;
}

const path = '/account/proof';

/** @throws ApiProblem */
export async function proofState(): Promise<ProofState> {
  const response = await reach({ method: 'GET' });
  return await response.json();
}

/**
 * Shows who is signed in. What is given leaves no trace here.
 * @returns what stands against it; undefined: it was right
 */
export async function giveProof(given: string, isRecoveryCode: boolean): Promise<string | undefined> {
  const body = new URLSearchParams({ [isRecoveryCode ? 'proof-recovery' : 'proof']: given });
  const response = await reach({ method: 'POST', body });
  if (response.status === 204) return undefined;
  return (await response.json()).objection;
}

async function reach(options: RequestInit): Promise<Response> {
  const response = await fetch(path, options).catch(() => {
    throw unreachable();
  });
  if (response.status === 401) goToSignIn();
  if (response.ok || response.status === 422 || response.status === 429) return response;
  throw new ApiProblem({
    title: 'Nobody can be asked who you are',
    status: response.status,
    detail: 'The server did not take the question.',
    code: 'console.proof',
    advice: 'Try again in a minute.',
  });
}
