import { changeStreamSuite } from '../suites/change-stream-suite.ts';
import { hashTreeSuite } from '../suites/hash-tree-suite.ts';
import { itemCareSuite } from '../suites/item-care-suite.ts';
import { itemQuerySuite } from '../suites/item-query-suite.ts';
import { itemStoreSuite } from '../suites/item-store-suite.ts';
import { recordStoreSuite } from '../suites/record-store-suite.ts';
import { storeFailureSuite } from '../suites/store-failure-suite.ts';
import { storeRepairSuite } from '../suites/store-repair-suite.ts';
import { levelPlace } from './level-place.ts';

changeStreamSuite('LevelDB', levelPlace);
itemStoreSuite('LevelDB', levelPlace);
itemCareSuite('LevelDB', levelPlace);
hashTreeSuite('LevelDB', levelPlace);
itemQuerySuite('LevelDB', levelPlace);
recordStoreSuite('LevelDB', levelPlace);
storeFailureSuite('LevelDB', levelPlace);
storeRepairSuite('LevelDB', levelPlace);
