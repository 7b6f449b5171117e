import { MemoryStorage } from './memory.ts';
import { describeStorage } from './testing/contract.ts';

describeStorage('memory', async () => ({ storage: new MemoryStorage(), cleanup: async () => {} }));
