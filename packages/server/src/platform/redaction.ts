/**
 * The last net under every text that leaves the process: log lines, job logs, failures. Code that
 * handles a secret must not put it into a text in the first place.
 */
const credentialsInUrl = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi;
const namedSecret =
  /\b(password|passwd|pwd|secret|token|api[_-]?key)(\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&]+)/gi;

export const withoutSecrets = (text: string): string =>
  text.replace(credentialsInUrl, '$1:***@').replace(namedSecret, '$1$2***');
