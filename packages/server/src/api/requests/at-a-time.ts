import { ApiError } from '../answers/problem.ts';

/** How much of what lasts, or costs, one user has at a time. */
export class AtATime {
  readonly #most: number;
  readonly #refusal: { what: string; advice: string; retryAfterSeconds: number };
  readonly #open = new Map<string, number>();

  constructor(most: number, refusal: { what: string; advice: string; retryAfterSeconds: number }) {
    this.#most = most;
    this.#refusal = refusal;
  }

  /** Call what it gives at the end, once or more often. @throws ApiError `api.busy` */
  begin(userId: string): () => void {
    const open = this.#open.get(userId) ?? 0;
    if (open >= this.#most) {
      const { what, advice, retryAfterSeconds } = this.#refusal;
      throw new ApiError('api.busy', what, { advice, headers: { 'retry-after': String(retryAfterSeconds) } });
    }
    this.#open.set(userId, open + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const left = (this.#open.get(userId) ?? 1) - 1;
      if (left === 0) this.#open.delete(userId);
      else this.#open.set(userId, left);
    };
  }
}
