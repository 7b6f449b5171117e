export { makeCertificate, type TestCertificate } from './certificate.ts';
export { describeStorage, names, put, randomName, type TestStorage } from './contract.ts';
export {
  type Fault,
  type FaultPlan,
  type FaultPoint,
  FaultyStorage,
  randomFaults,
} from './faulty-storage.ts';
export { freePort } from './free-port.ts';
export { corpus, fuzzSeconds, fuzzSeed, generator, mutate } from './fuzz.ts';
export { type Lie, type LyingProxy, randomLies, startLyingProxy } from './lying-proxy.ts';
export { type RestServer, type RestServerOptions, startRestServer } from './rest-server.ts';
export { type S3Server, startS3Server } from './s3-server.ts';
export { type SftpServer, startSftpServer } from './sftp-server.ts';
export { type PeelOptions, peelLayers } from './stock-tools.ts';
