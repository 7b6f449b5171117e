/** What the layers append to the names of files. */
export const CRYPT_SUFFIX = '.bin';
export const AGE_SUFFIX = '.age';
