/**
 * The last net under every text that leaves the process: log lines, job logs, failures. Code that
 * handles a secret must not put it into a text in the first place.
 */
const credentialsInUrl = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi;
const namedSecret =
  /\b(password|passwd|pwd|secret|token|api[_-]?key)(\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&]+)/gi;
/** `octobox_…`: a key of the API, wherever it stands. */
const apiKey = /\boctobox_[A-Za-z0-9_-]{43}/g;

export const withoutSecrets = (text: string): string =>
  text.replace(credentialsInUrl, '$1:***@').replace(namedSecret, '$1$2***').replace(apiKey, 'octobox_***');
