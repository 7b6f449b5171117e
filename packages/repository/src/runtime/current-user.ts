/** Who runs this process, as snapshots tell it. */
import { userInfo } from 'node:os';

export function currentUser(): { name: string; uid: number; gid: number } {
  try {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid };
  } catch {
    // A container's user need not have an entry in the password file.
    return { name: '', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  }
}
