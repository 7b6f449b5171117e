import type { z } from '@hono/zod-openapi';
import type { Permission } from '../../access/index.ts';
import {
  carryOut,
  countOf,
  DeclarationError,
  examineSteps,
  exportConfiguration,
  isChange,
  type Plan,
  type PreparedPlan,
  planId,
  planOutdated,
  preparePlan,
  readDeclaration,
  sentReferences,
  shownSteps,
} from '../../declaration/index.ts';
import { ConfigError } from '../../platform/index.ts';
import { ApiError } from '../answers/problem.ts';
import type { Operations } from '../operations.ts';
import {
  configurationDoneShape,
  configurationFileShape,
  configurationPlanShape,
  configurationShape,
  configurationStartShape,
} from '../shapes/configuration.ts';
import type { ApiRooms } from './rooms.ts';

const tag = 'Configuration';
/** For messages: a body has no file name. */
const file = 'octobox.yaml';
/** All sources of a plan together: nobody waits longer for an answer. */
const longestLookMs = 60_000;
const shownProblems = 50;

/** What is protected, as a file: the same way as `octobox apply` and `octobox export` go. */
export function addConfiguration(operations: Operations, rooms: ApiRooms): void {
  const { catalog, access, outgoing } = rooms;

  const planned = async ({ text, values = {}, prune = false }: Sent): Promise<PreparedPlan> => {
    const references = sentReferences(values);
    try {
      const declaration = await readDeclaration({ file, text, references, isConfiguration: false });
      return await preparePlan(catalog, declaration, { prune });
    } catch (error) {
      throw error instanceof ConfigError ? refusedFile(error) : error;
    }
  };

  operations.add(
    {
      id: 'getConfiguration',
      method: 'get',
      path: '/configuration',
      tag,
      summary: 'A file of all services and sources, which applied changes nothing',
      description:
        'As `octobox export` writes it, without the settings of octobox.yaml. No password is ever in it.',
      permission: 'configuration.read',
      answer: { status: 200, description: 'The file', shape: configurationShape },
    },
    async () => {
      const text = await exportConfiguration(catalog, { file, text: '' }, sentReferences({}));
      return { status: 200, body: { text } };
    },
  );
  operations.add(
    {
      id: 'planConfiguration',
      method: 'post',
      path: '/configuration/plan',
      tag,
      summary: 'What a file would create, change and remove',
      description:
        'Changes nothing, and looks at no source. What is wrong with the file is told with line and column. It needs a fresh proof of who asks, as carrying it out does, because it tells whether a password is the one that is kept.',
      permission: 'configuration.change',
      body: configurationFileShape,
      answer: { status: 200, description: 'The plan', shape: configurationPlanShape },
    },
    async ({ body }) => {
      const { plan } = await planned(body);
      const { unchanged } = plan;
      return { status: 200, body: { plan: planId(plan), steps: shownSteps(plan), unchanged } };
    },
  );
  operations.add(
    {
      id: 'carryOutConfiguration',
      method: 'post',
      path: '/configuration/carry-out',
      tag,
      summary: 'Carry the plan of a file out: that very plan, all of it or nothing',
      description:
        'Needs a fresh proof of who asks, which no key can give: it is done in person, or with `octobox apply` on the machine of the platform. Every source that is new, or reached in another way, is looked at first, for a minute at most. What is not in the file is removed only with `prune`; snapshots and evidence stay.',
      permission: 'configuration.change',
      body: configurationStartShape,
      answer: { status: 200, description: 'What was done', shape: configurationDoneShape },
    },
    async ({ caller, body, requireStill }) => {
      const prepared = await planned(body);
      const { plan } = prepared;
      if (planId(plan) !== body.plan) throw planOutdated();
      const signal = AbortSignal.timeout(longestLookMs);
      const warnings = await examineSteps(plan.steps, { catalog, outgoing, signal });
      await carryOut(catalog, prepared, caller.origin, async (transaction) => {
        await requireStill(transaction);
        for (const permission of neededBy(plan)) {
          await access.require(caller, permission, { reader: transaction });
        }
      });
      return {
        status: 200,
        body: {
          created: countOf(plan, 'create'),
          changed: countOf(plan, 'change'),
          removed: countOf(plan, 'remove'),
          left: countOf(plan, 'leave'),
          warnings,
        },
      };
    },
  );
}

type Sent = z.output<typeof configurationFileShape>;

/** Each step asks what it would ask alone. */
const neededBy = ({ steps }: Plan): Set<Permission> =>
  new Set(
    steps
      .filter(isChange)
      .map(({ kind, does }): Permission => `${kind}s.${does.action === 'remove' ? 'remove' : 'change'}`),
  );

function refusedFile(error: ConfigError): ApiError {
  const { line = 1, column = 1, message, advice } = error;
  const problems = error instanceof DeclarationError ? error.problems : [{ line, column, message }];
  const fields = problems.slice(0, shownProblems).map((problem) => ({
    field: 'body.text',
    detail: problem.message,
    ...{ line: problem.line, column: problem.column },
  }));
  return new ApiError('api.file', message, { fields, ...(advice === undefined ? {} : { advice }) });
}
