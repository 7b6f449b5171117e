/** The layers of a file as a thread uses them: without the kinds of storage, whose code it need not load. */
export { SealedStream } from '../layers/sealed-stream.ts';
