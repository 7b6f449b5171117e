export { Leader } from './leader.ts';
