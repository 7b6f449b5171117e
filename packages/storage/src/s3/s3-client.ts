import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { OpenStorageOptions } from '../open-options.ts';
import { trustedAuthorities } from '../transfer/certificates.ts';
import { STUCK_AFTER_MS } from '../transfer/stuck.ts';
import { isAmazon, type S3Location } from './s3-location.ts';
import type { S3Settings } from './s3-settings.ts';

const nothing = (): void => undefined;
/** The client would write to the console of a command whose output is data. */
const silence = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A client that tries everything once: trying again is the work of the wrapper around every remote kind. */
export function s3Client(place: S3Location, settings: S3Settings, options: OpenStorageOptions): S3Client {
  const ca = trustedAuthorities(options.certificateFile);
  const idle = options.stuckAfterMs ?? STUCK_AFTER_MS;
  const pool = { keepAlive: true, maxSockets: settings.connections };
  const config: S3ClientConfig = {
    region: settings.region,
    forcePathStyle: settings.pathStyle,
    followRegionRedirects: isAmazon(place.endpoint),
    maxAttempts: 1,
    logger: silence,
    // Checksums are given by hand: a body whose hash is known needs no trailer, which many services lack.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: Math.min(idle, 30_000),
      socketTimeout: idle,
      requestTimeout: 0,
      httpAgent: new PlainAgent(pool),
      httpsAgent: new Agent({ ...pool, ...(ca === undefined ? {} : { ca }) }),
    },
    ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
    ...(settings.profile === undefined ? {} : { profile: settings.profile }),
    // Amazon's own addresses follow from the region; those of others are as they were given.
    ...(isAmazon(place.endpoint) ? {} : { endpoint: place.endpoint.origin }),
  };
  return new S3Client(config);
}
