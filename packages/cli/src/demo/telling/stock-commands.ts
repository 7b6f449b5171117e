/** The three commands that open a repository of the platform without Octobox; each is one line, to be copied. */
export function stockCommands(data: string, into: string): string[] {
  const [keys, bare] = [`${data}/layer-keys`, `${into}/without-age`];
  const secret = (line: number): string => `$(sed -n ${line}p ${keys}/crypt-key | rclone obscure -)`;
  return [
    `cd ${data}/repository && find . -name '*.age' -exec sh -c 'mkdir -p "${bare}/\${1%/*}" && age -d -i ${keys}/recovery-identity -o "${bare}/\${1%.age}" "$1"' _ {} \\;`,
    `RCLONE_CRYPT_PASSWORD=${secret(1)} RCLONE_CRYPT_PASSWORD2=${secret(2)} rclone copy --crypt-remote ${bare} --crypt-filename-encryption off --crypt-directory-name-encryption=false :crypt: ${into}/restic`,
    `restic -r ${into}/restic --password-file ${data}/repository-password snapshots`,
  ];
}
