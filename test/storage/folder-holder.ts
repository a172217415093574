/**
 * A process that holds a data folder and its store until it is killed: node folder-holder.ts DIR.
 */
import { createSilentLogger } from '../../src-main/base/logger.ts';
import { openDataFolder } from '../../src-main/storage/data-folder.ts';
import { createLevelStore } from '../../src-main/storage/level-store.ts';
import { storeComponents } from '../suites/store-harness.ts';

const [dir = ''] = process.argv.slice(2);
await openDataFolder({ dir }, { logger: createSilentLogger() });
await createLevelStore({ dir }, storeComponents()).start();
console.log('held');
process.stdin.resume();
