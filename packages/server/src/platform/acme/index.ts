export { AcmeCertificate } from './acme-certificate.ts';
export type { Challenges } from './challenges.ts';
