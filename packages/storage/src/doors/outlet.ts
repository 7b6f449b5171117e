/** Writing a file in another thread than the storage's. */
export { outletOf } from '../outlet.ts';
