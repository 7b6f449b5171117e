import { accountPages } from './accounts/index.ts';
import { apiWhenAsked } from './api/index.ts';
import { bundleFolder, readBundle } from './console/index.ts';
import { AcmeCertificate, describeFailure, type Listening, listen, redirectTo } from './platform/index.ts';
import { consoleUrl, type Rooms } from './rooms.ts';
import { publicPages } from './status/index.ts';
import { VaultError } from './vault/index.ts';

const drainMs = 3_000;

/** Where the platform answers: the public page, the console with its API, and the way from HTTP to HTTPS. */
export class WebServers {
  readonly #rooms: Rooms;
  readonly #acme: AcmeCertificate | undefined;
  #listening: Listening | undefined;
  #redirecting: Listening | undefined;
  #console: Listening | undefined;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
    const { acme } = rooms.config.tls ?? {};
    this.#acme = acme === undefined ? undefined : new AcmeCertificate(acme, rooms);
  }

  /** Of the public page, while it is served. */
  get pageUrl(): string | undefined {
    return this.#listening?.url;
  }

  /** The public page; rejects with `PortInUseError`. */
  async startPages(signal?: AbortSignal): Promise<{ url: string }> {
    if (this.#listening === undefined) {
      const { board, log, clock, config } = this.#rooms;
      const { page, publicUrl: url } = config;
      const pages = await publicPages({ board, title: page.title, url, log, clock });
      await this.#startRedirecting();
      await this.#acme?.ensure(signal);
      const { certificate } = config.tls ?? {};
      this.#listening = await listen(pages, config.listen, { certificate, url, log });
      this.#acme?.recurring.start();
    }
    return { url: this.#listening.url };
  }

  /** The console with its API; `setUpUrl` is as `Platform.startConsole` tells. */
  async startConsole(): Promise<{ url: string; setUpUrl: string | undefined; ownerMade: Promise<void> }> {
    const { accounts, access, members, invitations, resets, keys, audit, catalog, log, config } = this.#rooms;
    await this.#sealAccounts();
    if (this.#console === undefined) {
      const api = apiWhenAsked({ ...this.#rooms, url: consoleUrl(config) });
      const bundle = await readBundle(bundleFolder);
      if (bundle === undefined)
        log.warn({ folder: bundleFolder }, 'the console for the browser was not built');
      const pages = await accountPages({
        accounts,
        access,
        members,
        invitations,
        resets,
        keys,
        audit,
        services: () => catalog.services(),
        url: consoleUrl(config),
        log,
        api,
        bundle,
        keyUses: () => api.permissions(),
      });
      this.#console = await listen(pages, config.console.listen, {
        certificate: config.tls?.certificate,
        url: config.console.url,
        log,
        allowFrom: config.console.allowFrom,
        trustedProxies: config.console.trustedProxies,
        takenAdvice:
          'Stop that program, or choose another address for the console: OCTOBOX_CONSOLE_LISTEN, or "console.listen" in octobox.yaml.',
      });
    }
    const url = config.console.url ?? this.#console.url;
    const token = await this.#withVaultKey(() => accounts.setUpLink.make());
    const setUpUrl = token === undefined ? undefined : `${url}/setup/${token}`;
    return { url, setUpUrl, ownerMade: accounts.ownerMade };
  }

  /** What was there before rows were sealed is so from now on, and not with the first who signs in. */
  async #sealAccounts(): Promise<void> {
    const { accounts, identity } = this.#rooms;
    if (await accounts.hasOwner()) await this.#withVaultKey(() => identity.get());
  }

  /** A node without the key of the vault lets nobody in, and does all else that it is for. */
  async #withVaultKey<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      this.#rooms.log.error({ error: describeFailure(error) }, 'nobody can sign in here');
      return undefined;
    }
  }

  /** First of all: a certificate authority may have to ask there before anything can be served by TLS. */
  async #startRedirecting(): Promise<void> {
    const { tls, publicUrl } = this.#rooms.config;
    if (tls?.redirectFrom === undefined || publicUrl === undefined) return;
    this.#redirecting = await listen(
      redirectTo(publicUrl, this.#acme?.challenges.answering),
      tls.redirectFrom,
      {
        log: this.#rooms.log,
        takenAdvice: 'Stop that program, or take "tls.redirectFrom" out of octobox.yaml.',
      },
    );
  }

  /** Lets requests come to an end. */
  async close(): Promise<void> {
    const servers = [this.#listening, this.#redirecting, this.#console];
    await Promise.all(servers.map((server) => server?.close(drainMs)));
    this.#listening = undefined;
    this.#redirecting = undefined;
    this.#console = undefined;
    await this.#acme?.recurring.stop();
  }
}
