import { Fragment } from 'react';
import type { PromiseReport } from '../../api/operations.ts';
import { Moment } from '../words/moment.tsx';

/** A sentence of the server in which instants stay instants. */
export const Evidence = ({ sentence }: { sentence: PromiseReport['evidence']['sentence'] }) =>
  sentence.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a sentence has its parts in order
    <Fragment key={index}>
      {typeof part === 'string' ? part : <Moment at={part.at} form={part.form} />}
    </Fragment>
  ));
