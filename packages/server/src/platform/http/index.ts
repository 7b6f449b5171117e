export { conditional, etagOf } from './conditional.ts';
export { type Listening, listen } from './listen.ts';
export { comesFromOwnPage, ownHost, ownOrigin } from './own-origin.ts';
export { formHeaders, securityHeaders } from './security-headers.ts';
