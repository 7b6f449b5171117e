/** Memory that is given back before the collector would: see there. */
export { release, releaseMemory } from '../release.ts';
