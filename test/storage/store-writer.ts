/**
 * A process that writes to the store of a data folder as fast as it can and says what was
 * acknowledged, until it is killed: node store-writer.ts DIR RUN.
 */
import { createLevelStore } from '../../src-main/storage/level-store.ts';
import { storeComponents } from '../suites/store-harness.ts';
import { accountOf, actorNamed, itemOf, ownWrite, plainVersion } from './plain-version.ts';

const [dir = '', run = ''] = process.argv.slice(2);
const WRITERS = 8;

const store = createLevelStore({ dir }, storeComponents());
await store.start();
const { items, records, stream } = store;
await stream.follow(accountOf('own'));
console.log(JSON.stringify({ health: store.health(), epoch: items.epoch }));

const acknowledge = (line: object): void => console.log(JSON.stringify(line));

async function write(writer: number): Promise<void> {
  for (let n = 1; ; n++) {
    const own = itemOf('own', `cart#${writer}-${n % 5}`);
    const [issued] = await items.issue([ownWrite(own, { size: 200 * (n % 120), text: run })]);
    acknowledge({ issued: issued?.dot, hash: issued?.hash, key: own });
    const foreign = itemOf('foreign', `cart#${run}-${writer}-${n}`);
    const dot = { actor: actorNamed(`${run}-${writer}`), counter: n };
    const version = plainVersion({ key: foreign, dot, size: 1500 });
    await items.merge(foreign, [version]);
    acknowledge({ merged: version.hash, key: foreign });
    if (n % 3 === 0) await items.drop([foreign]);
    if (n % 3 === 0) acknowledge({ dropped: foreign });
    if (n % 4 === 0) await items.completeOutbox(await items.outbox(3));
    await records.put('setting', `${writer}`, Buffer.from(`${run}-${n}`));
    acknowledge({ record: `${writer}`, value: `${run}-${n}` });
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
