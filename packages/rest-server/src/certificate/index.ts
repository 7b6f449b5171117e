export { type Certificate, type CertificateFiles, readCertificate } from './certificate.ts';
export { renewCertificate } from './renewal.ts';
