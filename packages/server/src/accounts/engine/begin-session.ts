import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { z } from 'zod';
import { absoluteSeconds } from '../sessions/session-rules.ts';

/**
 * What better-auth lacks: a session for somebody who has shown by whatever means who he is. It has no path, so that no
 * request reaches it.
 */
export const beginSession = () => ({
  id: 'octobox-begin-session',
  endpoints: {
    beginSession: createAuthEndpoint(
      { method: 'POST', body: z.object({ userId: z.string() }) },
      async (context) => {
        const { internalAdapter } = context.context;
        const user = await internalAdapter.findUserById(context.body.userId);
        if (user === null) return { sessionId: undefined };
        const session = await internalAdapter.createSession(user.id);
        // The server ends it for want of use; the browser is not told of each prolongation, and keeps it as long as it may last.
        await setSessionCookie(context, { session, user }, undefined, { maxAge: absoluteSeconds });
        return { sessionId: session.id };
      },
    ),
  },
});
