export { AddressRanges } from './address-ranges.ts';
export { conditional, etagOf } from './conditional.ts';
export { favicon } from './favicon.ts';
export { clientAddressOf, cutConnection, type Listening, listen } from './listen.ts';
export { comesFromOwnPage, ownAddress, ownHost, ownOrigin } from './own-origin.ts';
export { redirectTo } from './redirect.ts';
export { formHeaders, securityHeaders } from './security-headers.ts';
