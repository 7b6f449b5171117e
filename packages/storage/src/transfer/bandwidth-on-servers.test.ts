/** What a schedule promises, counted where it matters: in bytes that reach a real server, over seconds. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenStorageOptions } from '../open-options.ts';
import { openStorage } from '../open-storage.ts';
import { put, randomName } from '../testing/contract.ts';
import { startRestServer } from '../testing/rest-server.ts';
import { startS3Server } from '../testing/s3-server.ts';
import { BandwidthSchedule } from './bandwidth-schedule.ts';

const K = 1024;
const RATE = 200 * K;
/** At the slow rate it would take a minute and a half. */
const LARGE = 90 * RATE;
/** The burst after a pause, headers, and one slice that is under way. */
const MORE = 0.25 * RATE + 40 * K;
const [DAY, NIGHT] = [new Date('2026-11-25T12:00:00Z'), new Date('2026-11-25T22:00:00Z')];

/** Passes everything on, and counts what comes from the client. */
async function meter(port: number) {
  let received = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const out = connect(port, '127.0.0.1');
    client.on('data', (bytes) => {
      received += bytes.length;
    });
    client.pipe(out).pipe(client);
    for (const socket of [client, out]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        out.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' ? address?.port : undefined,
    get received() {
      return received;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Served {
  readonly port: number;
  location(port: number | undefined): string;
  readonly options: OpenStorageOptions;
  stop(): Promise<void>;
}

const kinds: Record<string, () => Promise<Served>> = {
  async S3() {
    const { environment, port, stop } = await startS3Server();
    return {
      ...{ port, stop, options: { environment } },
      location: (at) => `s3:http://127.0.0.1:${at}/bucket`,
    };
  },
  async REST() {
    const { url, stop } = await startRestServer();
    return {
      ...{ port: Number(new URL(url).port), stop, options: {} },
      location: (at) => `rest:http://127.0.0.1:${at}/`,
    };
  },
};

describe('a bandwidth schedule on a real server', { timeout: 240_000 }, () => {
  for (const [kind, serve] of Object.entries(kinds)) {
    it(`(${kind}) holds up and down to the rate of the time of day`, async () => {
      const server = await serve();
      const wire = await meter(server.port);
      const schedule = BandwidthSchedule.parse('08:00-18:00=200K,zone=UTC');
      let now = DAY;
      const rate = (): number | undefined => schedule.at(now);
      const limits = { upload: rate, download: rate };
      const storage = await openStorage(server.location(wire.port), { ...server.options, limits });
      try {
        await storage.create();
        const [large, small] = [randomBytes(LARGE), randomBytes(3 * RATE)];
        const files = [large, small].map(() => ({ kind: 'data', name: randomName() }) as const);
        const [largeFile, smallFile] = files as [(typeof files)[0], (typeof files)[0]];

        const before = wire.received;
        const begun = performance.now();
        const sending = put(storage, largeFile, large);
        await sleep(2500);
        const sent = wire.received - before;
        const seconds = (performance.now() - begun) / 1000;
        assert.ok(sent <= RATE * seconds + MORE, `${sent} bytes in ${seconds} s at noon`);
        assert.ok(sent >= RATE / 4, `only ${sent} bytes in ${seconds} s at noon`);
        now = NIGHT;
        await sending;
        assert.ok(wire.received - before >= LARGE);
        assert.ok((performance.now() - begun) / 1000 < LARGE / RATE - 10, 'faster at night');
        await put(storage, smallFile, small);

        now = DAY;
        const asked = performance.now();
        assert.ok(small.equals(await storage.read(smallFile)));
        const took = (performance.now() - asked) / 1000;
        assert.ok(took >= (small.length - MORE) / RATE, `${small.length} bytes in ${took} s at noon`);
        now = NIGHT;
        assert.ok(large.equals(await storage.read(largeFile)));
        assert.ok((performance.now() - asked) / 1000 - took < LARGE / RATE - 10, 'faster at night');
      } finally {
        await storage.close();
        await wire.close();
        await server.stop();
      }
    });
  }
});
