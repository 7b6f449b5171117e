import type { MiddlewareHandler } from 'hono';

const folder = '/.well-known/acme-challenge/';

/** What a certificate authority is told that comes to look (RFC 8555, section 8.3). */
export class Challenges {
  readonly #answers = new Map<string, string>();

  set(token: string, answer: string): void {
    this.#answers.set(token, answer);
  }

  delete(token: string): void {
    this.#answers.delete(token);
  }

  /** Answers those questions, and leaves everything else to others. */
  readonly answering: MiddlewareHandler = async (context, next) => {
    const { path } = context.req;
    const answer = path.startsWith(folder) ? this.#answers.get(path.slice(folder.length)) : undefined;
    if (answer === undefined) return await next();
    return context.text(answer);
  };
}
