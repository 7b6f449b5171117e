import { type Mail, tryMail } from '../mail/index.ts';
import type { Rooms } from '../rooms.ts';

/** Whether mails go out. */
export class MailVerbs {
  readonly #rooms: Rooms;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /**
   * Sends a mail to see whether it is taken, and gives the server's last answer.
   * @param onAnswer every line of the server
   * @throws ServerError when no mail server is configured; MailError when the mail is not taken
   */
  async try(to: string, onAnswer: (line: string) => void): Promise<string> {
    const { config, clock } = this.#rooms;
    return await tryMail(config.mail, to, clock.now(), onAnswer);
  }

  /** Mails that wait, and those that were given up, the newest first. */
  async troubled(): Promise<{ waiting: Mail[]; failed: Mail[] }> {
    const { outbox } = this.#rooms;
    const limit = 200;
    return {
      waiting: await outbox.list({ state: 'waiting', limit }),
      failed: await outbox.list({ state: 'failed', limit }),
    };
  }
}
