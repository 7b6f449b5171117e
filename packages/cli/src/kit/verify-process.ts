/**
 * A process of its own, in an empty home, that is given kits and nothing else: opens the repository with them,
 * restores a sample, checks the structure. Kits come on standard input, the result goes to standard output as JSON.
 */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { combineKits, parseKit } from '@octobox/recovery-kit';
import { checkRepository } from '@octobox/repository/check';
import { listNodes } from '@octobox/repository/listing';
import { acquireLock } from '@octobox/repository/locks';
import { dumpFile } from '@octobox/repository/restore';
import { compareSnapshots, Repository, type Snapshot } from '@octobox/repository/store';
import { X25519Identity } from '@octobox/storage/layers';
import { openLayers, openStorage } from '@octobox/storage/open';

export interface VerifyRequest {
  readonly kits: readonly string[];
  /** Where a copy of the repository is, when it is not at the location of the kit. */
  readonly location: string | undefined;
  readonly certificateFile: string | undefined;
}

export type VerifyResult =
  | { readonly ok: true; readonly snapshot: string; readonly files: number; readonly bytes: number }
  | { readonly ok: false; readonly message: string; readonly code?: string; readonly advice?: string };

const SAMPLE_FILES = 50;
const LARGEST_SAMPLE = 16 * 1024 * 1024;

class NotProved extends Error {
  readonly code = 'kit.not-proved';
  readonly advice: string;
  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

async function verify({ kits, location, certificateFile }: VerifyRequest): Promise<VerifyResult> {
  const kit = await combineKits(kits.map((text, at) => parseKit(text, `kit ${at + 1}`)));
  const { repositoryPassword = '', cryptPassword, cryptSalt, ageIdentity } = kit.secrets;
  const base = await openStorage(location ?? kit.location, { environment: kit.access, certificateFile });
  const identity = ageIdentity === undefined ? undefined : X25519Identity.parse(ageIdentity);
  const storage = await openLayers(base, {
    crypt:
      cryptPassword === undefined
        ? undefined
        : { password: cryptPassword, ...(cryptSalt === undefined ? {} : { salt: cryptSalt }) },
    age: identity === undefined ? undefined : { recipients: [identity.recipient], identities: [identity] },
  });
  const repository = await Repository.open(storage, { password: repositoryPassword });
  try {
    if (repository.id !== kit.repositoryId) {
      throw new NotProved(
        `at ${base.location} is another repository, ${repository.id}`,
        'Name the place of the repository of this kit.',
      );
    }
    await using lock = await acquireLock(repository, { kind: 'shared' });
    const [latest] = (await Array.fromAsync(repository.snapshots())).sort(compareSnapshots).reverse();
    if (latest === undefined) {
      throw new NotProved(
        'the repository has no snapshot',
        'Make a backup first: nothing can be restored yet.',
      );
    }
    const sample = await restoreSample(repository, latest, lock.signal);
    const report = await checkRepository(repository, { noLock: true, signal: lock.signal });
    if (report.errorCount > 0) {
      throw new NotProved(
        `the repository is damaged: ${report.findings.find(({ severity }) => severity === 'error')?.message}`,
        'The kit opens it; run octobox check to see what is affected.',
      );
    }
    return { ok: true, snapshot: latest.id, ...sample };
  } finally {
    await repository.close();
  }
}

/** A sample that every file has the same chance to be in, restored and read back by size. */
async function restoreSample(
  repository: Repository,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<{ files: number; bytes: number }> {
  const sample: { path: Buffer; size: number }[] = [];
  let smallest: { path: Buffer; size: number } | undefined;
  let seen = 0;
  for await (const { path, node } of listNodes(repository, snapshot, { recursive: true, signal })) {
    const size = Number(node.size ?? 0);
    if (node.type !== 'file') continue;
    if (smallest === undefined || (size > 0 && size < smallest.size)) smallest = { path, size };
    if (size > LARGEST_SAMPLE) continue;
    seen += 1;
    const place = seen <= SAMPLE_FILES ? seen - 1 : Math.floor(Math.random() * seen);
    if (place < SAMPLE_FILES) sample[place] = { path, size };
  }
  if (smallest === undefined) {
    throw new NotProved(
      'the latest snapshot holds no file',
      'Back up files first: nothing can be restored yet.',
    );
  }
  if (sample.length === 0) sample.push(smallest);
  await mkdir('restored');
  let bytes = 0;
  for (const [at, { path, size }] of sample.entries()) {
    await using file = await open(join('restored', String(at)), 'wx', 0o600);
    for await (const piece of dumpFile(repository, snapshot, path, { signal })) await file.writeFile(piece);
    const { size: restored } = await file.stat();
    if (restored !== size)
      throw new NotProved(`a restored file has ${restored} of ${size} bytes`, 'Run octobox check.');
    bytes += restored;
  }
  return { files: sample.length, bytes };
}

async function main(): Promise<VerifyResult> {
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  try {
    return await verify(JSON.parse(Buffer.concat(pieces).toString('utf8')) as VerifyRequest);
  } catch (error) {
    const { message, code, advice } = error as Error & { code?: string; advice?: string };
    return {
      ok: false,
      message,
      ...(typeof code === 'string' ? { code } : {}),
      ...(typeof advice === 'string' ? { advice } : {}),
    };
  }
}

const result = await main();
process.stdout.write(JSON.stringify(result), () => process.exit(0));
