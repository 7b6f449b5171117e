/** Which restics to run against: the one asked for, or the machine's own and the newest that Debian has. */
import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FoundRestic {
  readonly program: string;
  /** `restic 0.19.1` */
  readonly name: string;
}

/** The newest first: the targets are ratios to it. Throws when there is none at all. */
export function findRestics(paths: readonly string[], folder: string): FoundRestic[] {
  if (paths.length > 0) return newestFirst(paths.map(describe));
  const found: FoundRestic[] = [];
  for (const find of [() => describe('restic'), () => describe(fromSid(folder))]) {
    try {
      found.push(find());
    } catch (error) {
      console.log(`without one restic: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    }
  }
  if (found.length === 0)
    throw new Error('there is no restic: apt-get install restic, or give --restic PATH');
  return newestFirst(found);
}

function describe(program: string): FoundRestic {
  const version = /^restic (\S+)/.exec(execFileSync(program, ['version'], { encoding: 'utf8' }))?.[1];
  if (version === undefined) throw new Error(`${program} is no restic`);
  return { program, name: `restic ${version}` };
}

const newestFirst = (all: readonly FoundRestic[]): FoundRestic[] =>
  [...all].sort((a, b) => b.name.localeCompare(a.name, 'en', { numeric: true }));

/**
 * The package of Debian's unstable suite, unpacked below `folder` and never installed. The mirror is the machine's
 * own; apt works with lists and caches of its own, so that the machine's are not touched.
 */
function fromSid(folder: string): string {
  const apt = join(folder, 'apt');
  const unpacked = join(folder, 'restic-sid');
  for (const part of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(apt, part), { recursive: true });
  writeFileSync(join(apt, 'sources.list'), `${sidSource()}\n`);
  const options = [
    `Dir::Etc::sourcelist=${join(apt, 'sources.list')}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${join(apt, 'lists')}`,
    `Dir::Cache=${join(apt, 'cache')}`,
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option]);
  const quiet: ExecFileSyncOptions = { cwd: apt, stdio: ['ignore', 'ignore', 'pipe'] };
  execFileSync('apt-get', [...options, 'update'], quiet);
  execFileSync('apt-get', [...options, 'download', 'restic'], quiet);
  const archive = readdirSync(apt).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new Error('Debian sid has no restic for this machine');
  execFileSync('dpkg-deb', ['-x', join(apt, archive), unpacked]);
  return join(unpacked, 'usr/bin/restic');
}

function sidSource(): string {
  const places = ['/etc/apt/sources.list', ...readFolder('/etc/apt/sources.list.d')];
  for (const file of places) {
    const mirror = /https?:\/\/[^\s[\]]+\/debian\/?(?=\s|$)/m.exec(withoutComments(file))?.[0];
    if (mirror === undefined) continue;
    const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
    return `deb [signed-by=${keys}] ${mirror} sid main`;
  }
  throw new Error("this machine's apt sources name no Debian mirror");
}

const readFolder = (folder: string): string[] => {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
};

function withoutComments(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\s*#.*$/gm, '');
  } catch {
    return '';
  }
}
