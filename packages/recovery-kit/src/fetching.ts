/**
 * How the files of a repository come from their storage into a folder, with rclone, cp or curl alone. What a killed
 * change of keys left as `<name>.next` counts only where `<name>` is missing; locks of whoever was at work are left out.
 */
import { AGE_SUFFIX, CRYPT_SUFFIX } from '@octobox/storage/layers';
import {
  isAmazon,
  parseRestLocation,
  parseS3Location,
  parseSftpLocation,
  regionOf,
} from '@octobox/storage/locations';
import type { Kit } from './kit.ts';

export interface Fetching {
  readonly explanation: string;
  /** For `sh`, in the folder of the recovery; they fill `AS_STORED`. */
  readonly commands: readonly string[];
}

export const AS_STORED = '0-as-stored';

export function fetchingOf(kit: Kit): Fetching {
  const { explanation, commands } = commandsFor(kit);
  return {
    explanation: `Once, by one of you, in a folder that is empty at first; the steps go on in the same folder. ${explanation} Of a change of keys that was cut off, NAME.next is the file NAME where that is missing, and goes where it is there.`,
    commands: [
      'set -e; umask 077',
      ...Object.entries(kit.access).map(([name, value]) => `export ${name}=${quoted(value)}`),
      ...commands,
      `rm -rf ${AS_STORED}/locks ${AS_STORED}/tmp ${AS_STORED}/trash`,
      `find ${AS_STORED} -name '*.next' | while read -r next; do`,
      `if [ -e "\${next%.next}" ]; then rm "$next"; else mv "$next" "\${next%.next}"; fi`,
      'done',
      `ls ${AS_STORED}/config*`,
    ],
  };
}

function commandsFor(kit: Kit): Fetching {
  const [, scheme = 'local', rest = kit.location] =
    /^(local|s3|sftp|rest|memory):(.*)$/.exec(kit.location) ?? [];
  switch (scheme) {
    case 's3':
      return fromS3(rest, kit);
    case 'sftp':
      return fromSftp(rest);
    case 'rest':
      return fromRest(rest, kit);
    default:
      return {
        explanation: 'On the machine where the folder is.',
        commands: [`mkdir ${AS_STORED}; cp -a -- ${quoted(`${rest}/.`)} ${AS_STORED}`],
      };
  }
}

const CREDENTIALS_ELSEWHERE = (kit: Kit, names: string): string =>
  Object.keys(kit.access).length > 0
    ? ''
    : ` ${names} must be set first: their values are in the kit with lines that begin with access-, or with whoever keeps the storage.`;

function fromS3(rest: string, kit: Kit): Fetching {
  const { endpoint, bucket, prefix } = parseS3Location(rest);
  const { AWS_REGION, AWS_DEFAULT_REGION } = kit.access;
  const region = AWS_REGION || AWS_DEFAULT_REGION || regionOf(endpoint) || 'us-east-1';
  return {
    explanation: `With rclone.${CREDENTIALS_ELSEWHERE(kit, 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')}`,
    commands: [
      `rclone --config /dev/null copy ${quoted(`:s3:${bucket}${prefix === '' ? '' : `/${prefix}`}`)} ${AS_STORED} \\`,
      `--s3-env-auth --s3-provider ${isAmazon(endpoint) ? 'AWS' : 'Other'} --s3-region ${quoted(region)} \\`,
      `--s3-endpoint ${quoted(endpoint.origin)} --fast-list`,
    ],
  };
}

function fromSftp(rest: string): Fetching {
  const { user, host, port, path } = parseSftpLocation(rest);
  return {
    explanation:
      'With rclone, and a key that an agent holds or that RCLONE_SFTP_KEY_FILE names (or a password: RCLONE_SFTP_ASK_PASSWORD=true). The second command shows the fingerprints of the host: compare them before you go on.',
    commands: [
      `[ -s known_hosts ] || ssh-keyscan -p ${port} ${quoted(host)} > known_hosts`,
      'ssh-keygen -lf known_hosts',
      `rclone --config /dev/null copy ${quoted(`:sftp:${path}`)} ${AS_STORED} \\`,
      `--sftp-host ${quoted(host)} --sftp-port ${port} ${user === undefined ? '' : `--sftp-user ${quoted(user)} `}\\`,
      '--sftp-known-hosts-file known_hosts',
    ],
  };
}

/** restic's REST protocol: lists of names (version 1), then the files; credentials reach curl by a file alone. */
function fromRest(rest: string, kit: Kit): Fetching {
  const url = quoted(parseRestLocation(rest).url.href);
  const config = `config${kit.layers.includes('crypt') ? CRYPT_SUFFIX : ''}${kit.layers.includes('age') ? AGE_SUFFIX : ''}`;
  return {
    explanation:
      'Best by copying the folder on the host that serves it; else with curl, which asks the server for every file.' +
      CREDENTIALS_ELSEWHERE(
        kit,
        'RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD, when the server wants them,',
      ),
    commands: [
      `FROM=${url}`,
      ': > login.conf; [ -z "$RESTIC_REST_USERNAME" ] ||',
      `printf '%s' "$RESTIC_REST_USERNAME:$RESTIC_REST_PASSWORD" | sed 's/[\\\\"]/\\\\&/g; s/.*/user = "&"/' > login.conf`,
      `get() { curl -gfsS -K login.conf "$@"; }`,
      ': > files.conf',
      'for kind in keys snapshots index data; do',
      `mkdir -p ${AS_STORED}/$kind`,
      `get -H 'Accept: application/vnd.x.restic.rest.v1' -o names.json "$FROM$kind/"`,
      "for name in $(grep -oE '[0-9a-f]{64}[.a-z]*' names.json || :); do",
      'folder=$kind; [ $kind != data ] || folder=data/$(printf %.2s $name)',
      `printf 'url = "%s"\\noutput = "${AS_STORED}/%s"\\n' "$FROM$kind/$name" "$folder/$name" >> files.conf`,
      'done; done',
      'get --create-dirs --fail-early -K files.conf',
      `get -o ${AS_STORED}/${config} "\${FROM}${config}" || get -o ${AS_STORED}/${config} "\${FROM}${config}.next"`,
    ],
  };
}

/** For `sh`. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
