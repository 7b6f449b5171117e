/**
 * The last net under every text that leaves the process: log lines, job logs, failures. Code that
 * handles a secret must not put it into a text in the first place.
 */
const credentialsInUrl = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi;
/**
 * What the platform itself says behind a field or a file of such a name (`mail-password: cannot be read`): two words at
 * least, since one may be the secret. Of a secret of several words only the first was ever known to be one.
 */
const ownWords =
  '(?<=: )(?:cannot be (?:read|used)|is empty, and was|has more than one|holds (?:a|the|credentials)|it is empty|it may have|this is not)\\b';
const namedSecret = new RegExp(
  String.raw`\b(password|passwd|pwd|secret|token|api[_-]?key)(\s*[=:]\s*)(?!${ownWords})("[^"]*"|'[^']*'|[^\s,;&]+)`,
  'gi',
);
/** `octobox_…`: a key of the API, wherever it stands. */
const apiKey = /\boctobox_[A-Za-z0-9_-]{43}/g;

export const withoutSecrets = (text: string): string =>
  text.replace(credentialsInUrl, '$1:***@').replace(namedSecret, '$1$2***').replace(apiKey, 'octobox_***');
