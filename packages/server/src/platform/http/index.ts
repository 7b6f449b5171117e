export { conditional } from './conditional.ts';
export { type Listening, listen } from './listen.ts';
export { securityHeaders } from './security-headers.ts';
