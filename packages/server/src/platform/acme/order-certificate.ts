import { mkdir, readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { readAuthorities } from '../authorities-file.ts';
import type { AcmeSettings } from '../config/index.ts';
import { createFile } from '../durable-file.ts';
import type { Challenges } from './challenges.ts';
import type { Issued } from './kept-certificate.ts';
import { reachDirectory } from './reach-directory.ts';

const requestTimeoutMs = 30_000;
/** Between two looks at an order, from the first to the longest. */
const lookAgain = { backoffMin: 500, backoffMax: 15_000, backoffAttempts: 15 };

/**
 * Gets a certificate with a key of its own for all names (RFC 8555). The authority comes to each of them at port 80 and
 * asks for what `challenges` then holds. Rejects with what it said, and with ConfigError before it is asked.
 */
export async function orderCertificate(
  settings: AcmeSettings,
  challenges: Challenges,
  signal?: AbortSignal,
): Promise<Issued> {
  // Loaded where it is used: it takes a third of a second.
  const { Client, axios, crypto } = await import('acme-client');
  const { directory, domains, email, certificateFile, folder } = settings;
  const ca = await readAuthorities(certificateFile, 'tls.acme.certificateFile');
  axios.defaults.timeout = requestTimeoutMs;
  const agent = new Agent(ca === undefined ? {} : { ca });
  axios.defaults.httpsAgent = agent;
  await reachDirectory(directory, agent, signal);
  const accountKey = await accountKeyIn(folder, () => crypto.createPrivateEcdsaKey());
  const [key, csr] = await crypto.createCsr(
    { commonName: domains[0] as string, altNames: [...domains] },
    await crypto.createPrivateEcdsaKey(),
  );
  const client = new Client({ directoryUrl: directory, accountKey, ...lookAgain });
  const certificate = await client.auto({
    csr,
    ...(email === undefined ? {} : { email }),
    termsOfServiceAgreed: true,
    challengePriority: ['http-01'],
    // From inside, an own name often leads elsewhere.
    skipChallengeVerification: true,
    challengeCreateFn: async (_, { token }, answer) => challenges.set(token, answer),
    challengeRemoveFn: async (_, { token }) => challenges.delete(token),
  });
  return { certificate, key: key.toString() };
}

async function accountKeyIn(folder: string, make: () => Promise<Buffer>): Promise<Buffer> {
  const file = join(folder, 'account.pem');
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await createFile(file, (await make()).toString(), 0o600);
  return await readFile(file);
}
