const loopback = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|::1)$/;

/** A host of this very machine, without brackets. */
export const isLoopback = (host: string): boolean => loopback.test(host);

/** Ten above that of the page, so that another page may have the next one; any free one beside any free one. */
export const besidePort = (port: number): number => (port === 0 ? 0 : port + (port > 65_525 ? -10 : 10));

/** An origin: `https://octobox.example.com`. */
export function parseConsoleUrl(text: string): string {
  const url = URL.parse(text);
  const isOrigin = url !== null && url.href === `${url.origin}/` && /^https?:$/.test(url.protocol);
  if (!isOrigin) throw new Error('expected an address without a path, such as https://octobox.example.com');
  if (url.protocol === 'http:' && !isLoopback(url.hostname.replace(/^\[|\]$/g, ''))) {
    throw new Error('passwords travel over TLS: expected an address such as https://octobox.example.com');
  }
  return url.origin;
}

/** The same address, unless it would take passwords in the clear from elsewhere. */
export function withinReach<T extends { readonly host: string }>(listen: T, url: string | undefined): T {
  if (isLoopback(listen.host) || url?.startsWith('https:') === true) return listen;
  throw new Error(
    `${listen.host} is reached by other machines: put TLS in front of the console, and say with "console.url" where`,
  );
}
