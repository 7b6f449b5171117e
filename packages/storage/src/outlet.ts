import type { FileWriter, Outlet } from './storage.ts';

/** The outlet of any writer: where it has none of its own, what is written passes `append`. */
export const outletOf = (writer: FileWriter): Outlet =>
  writer.handOver?.() ?? {
    layers: [],
    append: (bytes) => writer.append(bytes),
    failure: (error) => error,
  };
