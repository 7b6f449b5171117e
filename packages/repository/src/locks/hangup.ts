/**
 * restic asks whether the process of a lock still lives by sending it SIGHUP, which by default would end it. So a
 * process that takes a lock ignores that signal from then on, as restic itself does: also after the lock is
 * released, because a question may be on its way.
 */
const ignore = (): void => {};

export function surviveHangups(): void {
  if (!process.listeners('SIGHUP').includes(ignore)) process.on('SIGHUP', ignore);
}
