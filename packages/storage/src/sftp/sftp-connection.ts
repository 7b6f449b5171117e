import type { OpenStorageOptions } from '../open-options.ts';
import { STUCK_AFTER_MS } from '../transfer/stuck.ts';
import { sftpFailure } from './sftp-errors.ts';
import type { SftpLocation } from './sftp-location.ts';
import { SftpSession } from './sftp-session.ts';
import { readSftpSettings, type SftpSettings } from './sftp-settings.ts';

/** The one session that all calls of a storage share: made when it is wanted, and anew when it was cut. */
export class SftpConnection {
  readonly #place: SftpLocation;
  readonly #settings: SftpSettings;
  readonly #stuckAfterMs: number;
  #session: Promise<SftpSession> | undefined;

  constructor(place: SftpLocation, options: OpenStorageOptions) {
    this.#place = place;
    this.#settings = readSftpSettings(place, options);
    this.#stuckAfterMs = options.stuckAfterMs ?? STUCK_AFTER_MS;
  }

  /** Runs calls on the session. What fails becomes a storage's error that says what could not be done. */
  async with<Result>(
    what: string,
    signal: AbortSignal | undefined,
    work: (session: SftpSession) => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    try {
      const result = await work(await this.#open());
      signal?.throwIfAborted();
      return result;
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw sftpFailure(error, this.#place.text, what);
    }
  }

  /** Ends the session; the next call would log in again. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.then(
      (open) => open.end(),
      () => undefined,
    );
  }

  async #open(): Promise<SftpSession> {
    const existing = this.#session;
    if (existing !== undefined && (await existing).isOpen) return existing;
    // Several may find the old session cut: the first one makes the new one for all.
    if (this.#session === existing || this.#session === undefined) {
      const opening = SftpSession.open(this.#place, this.#settings, this.#stuckAfterMs);
      this.#session = opening;
      opening.catch(() => {
        if (this.#session === opening) this.#session = undefined;
      });
    }
    return this.#session ?? this.#open();
  }
}
