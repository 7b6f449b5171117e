export { conditional } from './conditional.ts';
export { type Listening, listen } from './listen.ts';
export { ownHost, ownOrigin } from './own-origin.ts';
export { formHeaders, securityHeaders } from './security-headers.ts';
