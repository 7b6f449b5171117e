import { printable } from './snapshot-table.ts';

/** A name as it is for a pipe; without what could steer it for a terminal. */
export const printableBytes = (name: Buffer, forTerminal: boolean): Buffer =>
  forTerminal ? Buffer.from(printable(name.toString())) : name;
