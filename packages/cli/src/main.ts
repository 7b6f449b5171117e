#!/usr/bin/env node
/**
 * Before anything else SIGUSR1 is taken from Node, whose answer to it is a debugger on a port of this machine: every user
 * of it could then read the keys in this process. restic shows its progress; command.ts does as soon as it can. (The
 * launcher says --disable-sigusr1, which leaves no moment between.)
 *
 * Turns Node's cache of compiled code on before anything else is loaded: it saves half of the start, and the memory of
 * the program that strips types. The cache lies beside the clone and not in a temporary folder that others can write
 * to; where the clone cannot be written, Node goes on without it.
 */
import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';

process.on('SIGUSR1', () => undefined);

// V8 would let its nursery grow while code is loaded, and for the rest of a short command keep it.
setFlagsFromString('--semi-space-growth-factor=1');
enableCompileCache(resolve(import.meta.dirname, '../../../.node/compile-cache'));
// The launcher names the same cache by this variable, for this very file. It is no affair of programs started here.
delete process.env.NODE_COMPILE_CACHE;
// Nor is what it says to the memory allocator, unless the user has said it.
if (process.env.OCTOBOX_OWN_ARENAS !== undefined) {
  delete process.env.MALLOC_ARENA_MAX;
  delete process.env.OCTOBOX_OWN_ARENAS;
}
// The launcher says so to a server alone: no other verb has so many libraries that looking them up would pay.
const { OCTOBOX_JOINED } = process.env;
delete process.env.OCTOBOX_JOINED;
if (OCTOBOX_JOINED !== undefined) {
  const { useJoinedPackages } = await import('./joined-packages.ts');
  useJoinedPackages(OCTOBOX_JOINED);
}

await import('./command.ts');
