export type { CertificateFiles } from './certificate/index.ts';
export { RestServerError, type RestServerErrorCode } from './errors.ts';
export type { Log } from './log.ts';
export { isLoopback, type RestServer, type RestServerOptions, startRestServer } from './start-rest-server.ts';
export { bringBack, type DeletedFile, listTrash, purgeTrash } from './trash.ts';
export { addUser, readUsers, removeUser, setPassword, type User } from './users/user-file.ts';
