/** What the layers append to the names of files. */
export const CRYPT_SUFFIX = '.bin';
export const AGE_SUFFIX = '.age';

/** What files of a repository in these layers end with. */
export const suffixOf = ({ crypt, age }: { readonly crypt?: unknown; readonly age?: unknown }): string =>
  (crypt === undefined ? '' : CRYPT_SUFFIX) + (age === undefined ? '' : AGE_SUFFIX);
