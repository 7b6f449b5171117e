export { runSuite } from './run-suite.ts';
