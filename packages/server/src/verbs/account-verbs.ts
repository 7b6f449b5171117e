import type { Origin } from '../audit/index.ts';
import { consoleUrl, type Rooms } from '../rooms.ts';

/** What the operator at the machine does for somebody who cannot sign in. */
export class AccountVerbs {
  readonly #rooms: Rooms;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /**
   * A one-time link, good for an hour, by which somebody who forgot the password chooses a new one, and with
   * `secondFactor` turns that off.
   * @throws NotFoundError when there is no such account
   */
  async passwordLink(
    email: string,
    options: { readonly secondFactor?: boolean; readonly origin?: Origin } = {},
  ): Promise<string> {
    const { config, resets } = this.#rooms;
    return `${consoleUrl(config)}/reset/${await resets.make(email, options)}`;
  }
}
