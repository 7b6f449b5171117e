import type { JobRequest } from '../../platform/index.ts';
import type { Reply } from '../answers/reply.ts';
import type { Call, Fields, NoFields } from '../operation.ts';
import { presentJob } from './present-job.ts';
import type { ApiRooms } from './rooms.ts';

type Asked = Pick<Call<Fields, NoFields, NoFields>, 'caller' | 'remember' | 'requireStill'>;

/** Puts a job in the queue, with what the audit log (of `subject`) and a repetition of the request need. */
export const beginner =
  ({ database, jobs, audit }: ApiRooms) =>
  async (
    { caller, remember, requireStill }: Asked,
    request: JobRequest<unknown>,
    subject: string,
    service?: string,
  ): Promise<Reply> =>
    await database.change(async (transaction) => {
      await requireStill(transaction, service);
      const { job, added } = await jobs.enqueue(request, transaction);
      const body = presentJob(job);
      const reply: Reply = { status: 202, headers: { location: `/api/v1/jobs/${job.id}` }, body };
      if (added) {
        await audit.append(transaction, {
          action: `${request.kind}.asked`,
          origin: caller.origin,
          subject,
          after: { job: job.id },
        });
      }
      await remember(transaction, reply);
      return reply;
    });
