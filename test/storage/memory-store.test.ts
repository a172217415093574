import { createSystemRandom } from '../../src-main/base/random.ts';
import { createMemoryDisk } from '../../src-main/storage/memory-disk.ts';
import { itemStoreSuite } from '../suites/item-store-suite.ts';

const memoryPlace = () => {
  const disk = createMemoryDisk({ random: createSystemRandom() });
  return Promise.resolve({ disk: () => disk, remove: () => Promise.resolve() });
};

itemStoreSuite('memory', memoryPlace);
