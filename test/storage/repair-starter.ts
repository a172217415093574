/** A process that starts (and so repairs) the store of a data folder: repair-starter.ts DIR. */
import { createLevelStore } from '../../src-main/storage/level-store.ts';
import { storeComponents } from '../suites/store-harness.ts';

const [dir = ''] = process.argv.slice(2);
const store = createLevelStore({ dir }, storeComponents());
await store.start();
await store.stop();
