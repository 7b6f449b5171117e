import { dropLostFactors } from '../accounts/index.ts';
import type { Origin } from '../audit/index.ts';
import { ServerError } from '../platform/index.ts';
import type { Rooms } from '../rooms.ts';
import {
  inspectVault,
  type LostKey,
  type OwnKeyName,
  Rotation,
  type RotationOptions,
  type RotationResult,
  VaultError,
  type VaultReport,
} from '../vault/index.ts';
import { recordedRotation } from './recorded-rotation.ts';

/** What can be wrong with a key of the platform's own while that of the vault is good. */
const ownKeyTroubles: ReadonlySet<string> = new Set(['server.vault-key-replaced', 'server.vault-damaged']);

/** The vault's key, and the keys that the platform made for itself: looked at, and made anew. */
export class VaultVerbs {
  readonly #rooms: Rooms;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /** What is sealed, for which keys, and which of those are here; no secret is opened. */
  async report(): Promise<VaultReport> {
    return await inspectVault({ ...this.#rooms, keys: this.#rooms.vaultKeys });
  }

  /** Makes the key that the next `rotate` goes over to, and its file; gives both. */
  async prepareRotation(origin?: Origin): Promise<{ fingerprint: string; file: string }> {
    const { vaultKeys } = this.#rooms;
    const rotation = new Rotation({ ...this.#rooms, keys: vaultKeys });
    const { fingerprint } = await rotation.prepare(recordedRotation(this.#rooms.audit, origin));
    return { fingerprint, file: vaultKeys.nextPath };
  }

  /**
   * A new key for everything that is sealed, or the rest of a rotation that was cut off, while others work with it.
   * @throws VaultError when the current key is not here, unless it is said to be lost
   */
  async rotate(options: RotationOptions = {}, origin?: Origin): Promise<RotationResult> {
    const { ownKeys, identity, vaultKeys, audit } = this.#rooms;
    const dropped = options.keyLost === true ? await ownKeys.dropLost() : [];
    if (options.keyLost === true) await dropLostFactors(this.#rooms);
    const rotation = new Rotation({ ...this.#rooms, keys: vaultKeys });
    const ended = await rotation
      .run({ ...options, ...recordedRotation(audit, origin) })
      .catch(async (error: unknown): Promise<RotationResult> => {
        const isCurrent = error instanceof VaultError && error.code === 'server.vault-key-current';
        if (!isCurrent || dropped.length === 0) throw error;
        // There was nothing to go over to: the key of the vault is good, and those that were dropped are made anew.
        const { fingerprint, bits } = await vaultKeys.first();
        return { fingerprint, bits, resumed: false, rewrapped: 0, unreadable: [], finished: true };
      });
    if (dropped.includes('identity')) await identity.renew();
    return ended;
  }

  /**
   * Keys that the platform made for itself and that are not what this machine has seen, or are damaged.
   * @throws VaultError when the vault's own key is not here: then nothing can be told
   */
  async lostOwnKeys(): Promise<readonly LostKey[]> {
    const lost = await this.#rooms.ownKeys.lost();
    const other = lost.find(({ error: { code } }) => !ownKeyTroubles.has(code));
    if (other !== undefined) throw other.error;
    return lost;
  }

  /**
   * Makes those anew, while the vault's key stays. What the key of the accounts seals is sealed as it is now.
   * @param names as `lostOwnKeys` gave them
   * @throws ServerError `server.plan-outdated` when others are lost now
   */
  async renewOwnKeys(names: readonly OwnKeyName[], origin: Origin): Promise<void> {
    const { ownKeys, identity, audit } = this.#rooms;
    const lost = (await this.lostOwnKeys()).map(({ name }) => name);
    if (lost.join() !== names.join()) {
      throw new ServerError('server.plan-outdated', 'other keys are lost than a moment ago', {
        advice: 'Look again at which.',
      });
    }
    await ownKeys.drop(lost, async (transaction) => {
      const after = { keys: lost.join(' ') };
      await audit.append(transaction, { action: 'own-keys.renewed', origin, subject: 'vault', after });
    });
    if (lost.includes('identity')) await identity.renew();
  }
}
