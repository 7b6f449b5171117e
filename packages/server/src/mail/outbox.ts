import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import {
  type Clock,
  type Database,
  type Failure,
  type Instant,
  instant,
  type JobQueue,
  type MailSettings,
  type Reader,
  type Writer,
} from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';
import { type Bodies, bodiesOf, type Letter } from './letter.ts';
import { MailError } from './mail-error.ts';
import type { MailRow, MailState } from './schema.ts';

const keptMs = 30 * 86_400_000;

export interface Mail {
  readonly id: string;
  readonly kind: string;
  readonly recipient: string;
  readonly about: string | undefined;
  readonly state: MailState;
  readonly attempts: number;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** When it was sent, or given up. */
  readonly settledAt: Instant | undefined;
  readonly answer: string | undefined;
  readonly failure: Failure | undefined;
}

export interface NewMail {
  readonly kind: string;
  readonly to: string;
  readonly about?: string;
  /** Of no use after that, and not sent. */
  readonly expiresAt: Date;
}

/** What a mail says is made when it is sent; undefined: there is nothing to send after all. */
export type Compose = (mail: Mail) => Promise<Letter | undefined>;

/** Who works on a mail. */
export interface MailRequest {
  readonly mailId: string;
}

/**
 * Mails on their way. One is put here in the transaction of what it tells of, and sent by a job: at least once, again
 * and again until it is taken, is refused for good, or is of no use any more. A body that is made beforehand is sealed
 * in the vault, and gone with the end; one that is composed while it is sent is never kept.
 */
export class Outbox {
  /** Undefined: no mail server is configured, and nothing can be sent. */
  readonly settings: MailSettings | undefined;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #vault: Vault;
  readonly #jobs: JobQueue;
  readonly #composers = new Map<string, Compose>();

  constructor(options: {
    database: Database;
    clock: Clock;
    vault: Vault;
    jobs: JobQueue;
    settings: MailSettings | undefined;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#vault = options.vault;
    this.#jobs = options.jobs;
    this.settings = options.settings;
  }

  get enabled(): boolean {
    return this.settings !== undefined;
  }

  /** Call it before a transaction that adds a mail with a letter: it may take a second, once. */
  async prepare(): Promise<void> {
    await this.#vault.prepare();
  }

  /** Says what mails of this kind say that were asked for without a letter. */
  composeBy(kind: string, compose: Compose): void {
    this.#composers.set(kind, compose);
  }

  /** It is sent soon after the commit; without a letter it is composed then. Gives its id. */
  async add(transaction: Writer, mail: NewMail, letter?: Letter): Promise<string> {
    if (!this.enabled) throw new Error('no mail server is configured');
    const id = randomUUID();
    const now = this.#clock.now();
    const kept = instant(new Date(now.getTime() - keptMs));
    await transaction.deleteFrom('mails').where('settled_at', '<', kept).execute();
    await transaction
      .insertInto('mails')
      .values({
        id,
        kind: mail.kind,
        recipient: mail.to,
        about: mail.about ?? null,
        state: 'waiting',
        attempts: 0,
        created_at: instant(now),
        expires_at: instant(mail.expiresAt),
        settled_at: null,
        answer: null,
        failure: null,
      })
      .execute();
    if (letter !== undefined) {
      const sealed: SealedBodies = { ...bodiesOf(letter), to: mail.to };
      await this.#vault.seal(transaction, bodyOf(id), JSON.stringify(sealed));
    }
    const payload: MailRequest = { mailId: id };
    await this.#jobs.enqueue({ kind: 'mail', payload, uniqueKey: `mail:${id}` }, transaction);
    return id;
  }

  /** What is on its way about this is not sent any more. */
  async withdraw(transaction: Writer, about: string): Promise<void> {
    const gone = transaction.deleteFrom('mails').where('about', '=', about).returning('id');
    for (const { id } of await gone.execute()) await this.#vault.remove(transaction, bodyOf(id));
  }

  /** The newest first. `after`: the time of creation and the id of the last one that is known already. */
  async list(filter: {
    readonly state?: MailState;
    readonly after?: string;
    readonly limit: number;
  }): Promise<Mail[]> {
    let query = this.#database.read
      .selectFrom('mails')
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc');
    if (filter.state !== undefined) query = query.where('state', '=', filter.state);
    if (filter.after !== undefined) {
      const [time = '', id = ''] = filter.after.split(' ');
      query = query.where((e) =>
        e.or([e('created_at', '<', time), e.and([e('created_at', '=', time), e('id', '<', id)])]),
      );
    }
    return (await query.limit(filter.limit).execute()).map(mailFrom);
  }

  /** By what they are about, the last of each. */
  async about(things: readonly string[], reader: Reader = this.#database.read): Promise<Map<string, Mail>> {
    if (things.length === 0) return new Map();
    const rows = await reader
      .selectFrom('mails')
      .selectAll()
      .where('about', 'in', [...things])
      .orderBy('created_at')
      .execute();
    return new Map(rows.map((row) => [row.about ?? '', mailFrom(row)]));
  }

  async get(id: string, reader: Reader = this.#database.read): Promise<Mail | undefined> {
    const row = reader.selectFrom('mails').selectAll().where('id', '=', id);
    const found = await row.executeTakeFirst();
    return found === undefined ? undefined : mailFrom(found);
  }

  /**
   * Undefined: there is nothing to say.
   * @throws VaultError when it was sealed and cannot be opened; MailError when it was written for somebody else
   */
  async bodies(mail: Mail): Promise<Bodies | undefined> {
    const sealed = await this.#vault.open(bodyOf(mail.id));
    if (sealed !== undefined) {
      const { to = mail.recipient, ...bodies } = JSON.parse(sealed) as SealedBodies;
      if (to !== mail.recipient) throw otherRecipient();
      return bodies;
    }
    const letter = await this.#composers.get(mail.kind)?.(mail);
    return letter === undefined ? undefined : bodiesOf(letter);
  }

  /** One more attempt ended; with `sent` or `failed` its body goes. Nothing happens when that was so before. */
  async note(
    mail: Mail,
    outcome: { state: MailState; answer?: string; failure?: Failure },
    transaction?: Writer,
  ): Promise<void> {
    if (transaction === undefined) return await this.#database.change((own) => this.note(mail, outcome, own));
    const { state, answer, failure } = outcome;
    const changed = await transaction
      .updateTable('mails')
      .set((e) => ({
        state,
        attempts: e('attempts', '+', 1),
        answer: answer ?? null,
        failure: failure === undefined ? null : JSON.stringify(failure),
        settled_at: state === 'waiting' ? null : instant(this.#clock.now()),
      }))
      .where('id', '=', mail.id)
      .where('state', '=', 'waiting')
      .executeTakeFirst();
    if (state !== 'waiting' && changed.numUpdatedRows > 0n)
      await this.#vault.remove(transaction, bodyOf(mail.id));
  }

  /** It was never meant for anybody. */
  async forget({ id }: Mail): Promise<void> {
    await this.#database.change(async (transaction) => {
      await transaction.deleteFrom('mails').where('id', '=', id).execute();
      await this.#vault.remove(transaction, bodyOf(id));
    });
  }
}

/** Also for whom it was written: who changes the address in the database is not sent it. */
interface SealedBodies extends Bodies {
  /** Absent: written by an earlier version. */
  readonly to?: string;
}

const otherRecipient = (): MailError =>
  new MailError('its address in the database is not the one that it was written for', {
    refused: true,
    advice: 'Find out who changed the table mails.',
  });

const bodyOf = (id: string) => ({ owner: `mail:${id}`, name: 'body' });

const mailFrom = (row: Selectable<MailRow>): Mail => ({
  id: row.id,
  kind: row.kind,
  recipient: row.recipient,
  about: row.about ?? undefined,
  state: row.state,
  attempts: row.attempts,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  settledAt: row.settled_at ?? undefined,
  answer: row.answer ?? undefined,
  failure: row.failure === null ? undefined : (JSON.parse(row.failure) as Failure),
});
