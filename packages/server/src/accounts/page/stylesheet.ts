import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** The console's style sheet; its name changes with its content. */
export async function readStylesheet(): Promise<{ path: string; body: string }> {
  const body = await readFile(new URL('./style.css', import.meta.url), 'utf8');
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return { path: `/assets/console-${hash}.css`, body };
}
