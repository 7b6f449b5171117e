/**
 * Go's os.FileMode, which restic stores, and the C library's st_mode.
 * Go: the nine permission bits are the same; type and special bits stand at the top of 32 bits.
 */

const GO = {
  directory: 0x80000000,
  symlink: 0x08000000,
  device: 0x04000000,
  pipe: 0x02000000,
  socket: 0x01000000,
  setuid: 0x00800000,
  setgid: 0x00400000,
  characterDevice: 0x00200000,
  sticky: 0x00100000,
  irregular: 0x00080000,
} as const;

const S_IFMT = 0o170000;
const TYPES: readonly (readonly [number, number])[] = [
  [0o100000, 0],
  [0o040000, GO.directory],
  [0o120000, GO.symlink],
  [0o060000, GO.device],
  [0o020000, (GO.device | GO.characterDevice) >>> 0],
  [0o010000, GO.pipe],
  [0o140000, GO.socket],
];
const SPECIAL: readonly (readonly [number, number])[] = [
  [0o4000, GO.setuid],
  [0o2000, GO.setgid],
  [0o1000, GO.sticky],
];
const GO_TYPE =
  (GO.directory | GO.symlink | GO.device | GO.characterDevice | GO.pipe | GO.socket | GO.irregular) >>> 0;

/** st_mode to Go's FileMode; an unknown type becomes Go's "irregular". */
export function goFileMode(systemMode: number): number {
  const type = TYPES.find(([system]) => system === (systemMode & S_IFMT))?.[1] ?? GO.irregular;
  let mode = type | (systemMode & 0o777);
  for (const [system, go] of SPECIAL) if (systemMode & system) mode |= go;
  return mode >>> 0;
}

/** Go's FileMode to st_mode with its type bits; a type that Linux does not have gives type bits of zero. */
export function systemFileMode(goMode: number): number {
  const type = TYPES.find(([, go]) => go === (goMode & GO_TYPE) >>> 0)?.[0] ?? 0;
  let mode = type | (goMode & 0o777);
  for (const [system, go] of SPECIAL) if (goMode & go) mode |= system;
  return mode;
}
