import { mkdir } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import type { AcmeSettings } from '../config/index.ts';
import { ConfigError, ServerError } from '../errors.ts';
import type { Log } from '../log.ts';
import { Recurring } from '../recurring.ts';
import { Challenges } from './challenges.ts';
import { KeptCertificate } from './kept-certificate.ts';
import { orderCertificate } from './order-certificate.ts';
import { Refusals } from './refusals.ts';

const lookEveryMs = 3_600_000;

/** A certificate that the platform gets from an authority by itself and renews in time. */
export class AcmeCertificate {
  readonly challenges = new Challenges();
  /** Renews it; whoever serves with its files takes the new ones by itself. */
  readonly recurring: Recurring;
  readonly #settings: AcmeSettings;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #kept: KeptCertificate;
  readonly #refusals: Refusals;

  constructor(settings: AcmeSettings, { clock, log }: { clock: Clock; log: Log }) {
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
    this.#kept = new KeptCertificate(settings.folder);
    this.#refusals = new Refusals(settings.folder);
    this.recurring = new Recurring({
      everyMs: lookEveryMs,
      clock,
      log,
      failure: 'the certificate cannot be renewed',
      turn: () => this.renew(),
    });
  }

  /**
   * Resolves when there is one that can be served with. `challenges` must be answered already.
   * @throws ServerError `server.certificate-refused` when there is none and none is to be had
   */
  async ensure(signal?: AbortSignal): Promise<void> {
    const validity = await this.#kept.validity(this.#settings);
    if (validity === undefined || validity.endsAt <= this.#clock.now().getTime()) await this.#order(signal);
  }

  /** Gets the next one when it is due. */
  async renew(): Promise<void> {
    const validity = await this.#kept.validity(this.#settings);
    if (validity === undefined || validity.renewAt <= this.#clock.now().getTime()) await this.#order();
  }

  async #order(signal?: AbortSignal): Promise<void> {
    const { directory, domains, folder } = this.#settings;
    const now = this.#clock.now().getTime();
    const names = domains.join(', ');
    const held = await this.#refusals.holding(now);
    if (held !== undefined) {
      throw new ServerError(
        'server.certificate-refused',
        `no certificate was got for ${names} (${held.reason}), and the next try is at ${new Date(held.until).toISOString()}`,
        { advice: `To try at once, mend the cause and remove ${this.#refusals.file}.` },
      );
    }
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      await this.#kept.replace(await orderCertificate(this.#settings, this.challenges, signal), directory);
    } catch (cause) {
      if (cause instanceof ConfigError) throw cause;
      // Nobody refused anything.
      signal?.throwIfAborted();
      const reason = (cause as Error).message.replaceAll(/\s+/g, ' ');
      await this.#refusals.add(now, reason);
      throw new ServerError(
        'server.certificate-refused',
        `${directory} gave no certificate for ${names}: ${reason}`,
        {
          cause,
          advice:
            'The names must lead to this machine, and the authority must reach port 80 of it ("tls.redirectFrom").',
        },
      );
    }
    await this.#refusals.clear();
    this.#log.info({ domains, directory }, 'a certificate was got');
  }
}
