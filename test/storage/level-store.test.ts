import { itemStoreSuite } from '../suites/item-store-suite.ts';
import { levelPlace } from './level-place.ts';

itemStoreSuite('LevelDB', levelPlace);
