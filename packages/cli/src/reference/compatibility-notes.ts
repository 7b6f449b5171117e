/** What the lists of flags cannot say: why something of restic is missing, and what is done in another way. */

/** By verb, or by `verb --flag`; global flags have no verb before them. */
export const compatibilityNotes: Readonly<Record<string, string>> = {
  '--http-user-agent': 'requests to object stores carry the name of their client library',
  '--insecure-tls': 'never: name the authority with --cacert',
  '--no-extra-verify': 'new data is always verified before it is stored',
  '--stuck-request-timeout': 'a connection on which nothing moves is given up after two minutes',
  '--tls-client-cert':
    'no client certificate is presented: REST servers know users by name and password, S3 by keys',
  '--password-command': 'run without a shell, split into words as restic splits it',
  backup:
    'Without a repository it works on protected sources. Percentage and time left come from the snapshot before; only for a first backup the files are counted, beside it. --verbose twice names files and folders by their absolute paths, with what each of them added; stored bytes are those of the blobs without their places in the headers of packs, and with --json there is no line for the end of the scan. An empty standard input or a program that prints nothing writes no snapshot. A variable in a pattern file that is not set is an error, also in restore and rewrite: restic puts nothing in its place, and what is left may match everything. --read-concurrency is for large files; small ones are read by a thread for each core. Extended attributes of what has the same times, size, inode and device as in the parent are taken from there: a change of one is a change of ctime; with --ignore-ctime or --ignore-inode they are always read. --no-lock takes no lock here; restic takes one for a backup all the same. A snapshot also names the patterns that came from files. --time takes a day or a time without seconds, too',
  'backup --no-scan': 'shows no percentage',
  check:
    '--host, --tag and --path leave snapshots out, as many as the summary says; when they leave none, that is an error. Without --with-cache everything is read from the storage, and no temporary cache is made; with it, and --read-data, packs are still read from the storage',
  cache:
    'the folder is octobox in the folder for caches, laid out as restic lays it out; copies are verified by their hash before they are used. There is none for repositories on this disk, check uses one with --with-cache alone, and repair none',
  cat: 'beginnings of ids and latest are taken, but for blobs. masterkey shows r without the bits that Poly1305 does not use; restic 0.19.1 shows them as the key file has them',
  diff: '`latest` is taken too. Folders that cannot be read end it with 1. The heading goes to standard error',
  dump: 'tar archives also hold devices and FIFOs; names need not be UTF-8; the target file appears only when it is whole',
  copy: 'the plan comes first (--dry-run); a damaged source is refused before anything is written',
  features: 'there are no feature flags',
  find: '--pack looks in the index alone. With --json, --show-pack-id adds `pack`. Folders that cannot be read end it with 1',
  forget:
    'what looks like a mistake or an attack is refused unless it is said twice, and rules let the newest proved and suspicious snapshots stay. A damaged snapshot file stops the rules until it is restored or given up with repair snapshots. An id that matches nothing ends it with 1 before anything is removed; restic passes over it and ends with 0',
  generate: 'docs/cli.md is the manual',
  init: 'always format version 2. A repository that is not on this disk gets two more layers of encryption, which restic cannot read through: --layers none leaves them out',
  list: '',
  ls: 'a folder that is not there is an error. The heading goes to standard error',
  migrate:
    'repositories of version 1 are read and written as they are; restic migrate upgrade_repo_v2 converts one, and so does copying into a new one',
  mount: 'browse with ls, find and dump, or through the library (browseFolder, readFileRange, pathHistory)',
  options: 'docs/operator-guide.md lists the options of each storage',
  prune:
    '--repack-small means packs below 80 % of 16 MiB, whatever --pack-size says, from five of them on: a run may leave four behind itself',
  'prune --unsafe-recover-no-free-space':
    'an interruption would leave a repository without an index; --no-lock --max-repack-size 0 frees space without writing packs',
  recover:
    'packs that no index names are not looked into: octobox repair index comes first when some are missing (restic does that by itself). A damaged snapshot file is no hindrance: what it led to is recovered. Folders that cannot be read are named, and end it with 1',
  'repair index': 'a pack that cannot be read ends it with 1 when the index named it',
  'repair packs': 'blobs that are lost end it with 1',
  'repair snapshots': 'a snapshot without a readable root goes with --forget only',
  restore: 'what is right already is never written again, whatever --overwrite says',
  'self-update': 'update the clone',
  snapshots: 'a damaged snapshot is named, the others are listed, and the exit code is 1',
  stats:
    'a damaged snapshot is named, the others are counted, and the exit code is 1. The debug mode is missing',
  tag: "--set '' takes all tags away; restic changes nothing then",
};
