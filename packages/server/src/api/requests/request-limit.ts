import { ApiError } from '../answers/problem.ts';

export interface LimitSettings {
  /** What comes back in each second. */
  readonly requestsPerSecond: number;
  /** So many at once, after a silence. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  /** `performance.now()` of that number. */
  at: number;
}

/** More callers than this are told apart by nobody's memory: the one that was silent longest begins anew. */
const mostCallers = 10_000;

/**
 * How many requests one caller makes, counted in this process alone: a token bucket for each, whose state answers tell
 * (draft-ietf-httpapi-ratelimit-headers-10). One that was forgotten is a full one.
 */
export class RequestLimit {
  readonly #settings: () => LimitSettings;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(settings: () => LimitSettings, now: () => number = () => performance.now()) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Headers for the answer. @throws ApiError `api.rate` with them, and when to come again */
  take(caller: string): Readonly<Record<string, string>> {
    const { requestsPerSecond, burst } = this.#settings();
    const now = this.#now();
    const known = this.#buckets.get(caller);
    const tokens =
      known === undefined
        ? burst
        : Math.min(burst, known.tokens + ((now - known.at) / 1_000) * requestsPerSecond);
    const left = Math.max(0, tokens - 1);
    // Whoever asked last stands last.
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { tokens: tokens < 1 ? tokens : left, at: now });
    const [silent] = this.#buckets.keys();
    if (this.#buckets.size > mostCallers && silent !== undefined) this.#buckets.delete(silent);
    const headers = {
      'ratelimit-policy': `"caller";q=${burst};w=${Math.ceil(burst / requestsPerSecond)}`,
      ratelimit: `"caller";r=${Math.floor(left)};t=${Math.ceil((burst - left) / requestsPerSecond)}`,
    };
    if (tokens >= 1) return headers;
    const seconds = Math.max(1, Math.ceil((1 - tokens) / requestsPerSecond));
    throw new ApiError('api.rate', `more than ${burst} requests at once, or ${requestsPerSecond} a second`, {
      advice:
        'Wait as long as Retry-After says. Whoever runs this Octobox can allow more: "api" in octobox.yaml.',
      headers: { ...headers, 'retry-after': String(seconds) },
    });
  }
}
