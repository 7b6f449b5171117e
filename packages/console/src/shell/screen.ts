import { lazyRouteComponent } from '@tanstack/react-router';
import { partMissing } from '../api/problem.ts';

/** What Chromium, Firefox, Safari and Vite (of style sheets) say of a file that was not fetched. */
const notFetched =
  /^(Failed to fetch dynamically imported module|error loading dynamically imported module|Importing a module script failed|Unable to preload CSS)/;

/** A screen that is fetched when it is first looked at. */
// biome-ignore lint/suspicious/noExplicitAny: whatever a file of a screen exports
export const screen = <T extends Record<string, any>, K extends keyof T>(
  fetched: () => Promise<T>,
  name: K,
) =>
  lazyRouteComponent(
    () =>
      fetched().catch((error: unknown) => {
        throw error instanceof Error && notFetched.test(error.message) ? partMissing() : error;
      }),
    name,
  );

/** Whether the server gives another console than this page is of. Without an answer nobody knows. */
export async function isOlder(): Promise<boolean> {
  const own = document.querySelector('script[src]')?.getAttribute('src');
  if (own === null || own === undefined) return false;
  try {
    const answer = await fetch('/app', { cache: 'no-store' });
    return answer.ok && !(await answer.text()).includes(own);
  } catch {
    return false;
  }
}
