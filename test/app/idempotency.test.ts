import { describe, expect, it } from 'vitest';
import { createIdempotency } from '../../src-main/app/idempotency.ts';
import { AppError } from '../../src-main/base/app-error.ts';
import { createSilentLogger } from '../../src-main/base/logger.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import { readEnvelope } from '../../src-main/security/envelope-format.ts';
import { createMemorySecretStore } from '../../src-main/storage/memory-secret-store.ts';
import { createMemoryStore } from '../../src-main/storage/memory-store.ts';
import type { RecordStore } from '../../src-main/storage/record-store.ts';
import { createSeededRandom } from '../sim/seeded-random.ts';
import { createManualClock } from '../support/manual-clock.ts';

const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;
const DAY_MS = 24 * 3600 * 1000;

async function setUp() {
  const clock = createManualClock();
  const random = createSeededRandom('idempotency');
  const store = createMemoryStore(
    {},
    {
      clock,
      random,
      logger: createSilentLogger(),
      metrics: createMetrics(),
      readEnvelope,
      isSigned: () => true,
    },
  );
  await store.start();
  const { records } = store;
  const secrets = createMemorySecretStore();
  const start = (over: RecordStore = records) =>
    createIdempotency({ records: over, clock, random, secrets });
  return { clock, records, secrets, start };
}

describe('idempotency keys', () => {
  it('run the work of one key once and give its answer again, whatever order the input is in', async () => {
    const { start } = await setUp();
    const idempotency = start();
    let runs = 0;
    const call = { idempotencyKey: 'k' };
    const once = (input: unknown) =>
      idempotency.once('carts.put', input, call, () => Promise.resolve({ run: ++runs }));
    expect(await once({ a: 1, b: [2] })).toEqual({ run: 1 });
    expect(await once({ b: [2], a: 1 })).toEqual({ run: 1 });
    await expect(once({ a: 2, b: [2] })).rejects.toThrow(code('IDEMPOTENCY_KEY_REUSED'));
    const other = idempotency.once('carts.remove', { a: 1, b: [2] }, call, () =>
      Promise.resolve(0),
    );
    await expect(other).rejects.toThrow(code('IDEMPOTENCY_KEY_REUSED'));
  });

  it('run two calls that come at once one after the other', async () => {
    const { start } = await setUp();
    const idempotency = start();
    let runs = 0;
    const call = { idempotencyKey: 'k' };
    const once = () => idempotency.once('p', {}, call, () => Promise.resolve(++runs));
    expect(await Promise.all([once(), once(), once()])).toEqual([1, 1, 1]);
  });

  it('say that the outcome is unknown when the machine stopped half-way', async () => {
    const { start } = await setUp();
    const call = { idempotencyKey: 'k' };
    const { promise: working, resolve: begins } = Promise.withResolvers<undefined>();
    void start().once('p', {}, call, () => {
      begins(undefined);
      return new Promise<number>(() => undefined);
    });
    await working;
    const next = start().once('p', {}, call, () => Promise.resolve(1));
    await expect(next).rejects.toThrow(code('OUTCOME_UNKNOWN'));
  });

  it('keep an unknown outcome, and let a refused call be made again', async () => {
    const { start } = await setUp();
    const idempotency = start();
    const fail = (key: string, error: AppError) =>
      idempotency.once('p', {}, { idempotencyKey: key }, () => Promise.reject(error));
    const details = { version: 'v' };
    const unknown = new AppError('OUTCOME_UNKNOWN', 'Perhaps.', { details });
    await expect(fail('a', unknown)).rejects.toThrow('Perhaps.');
    const again = start().once('p', {}, { idempotencyKey: 'a' }, () => Promise.resolve(1));
    await expect(again).rejects.toThrow(
      expect.objectContaining({ code: 'OUTCOME_UNKNOWN', details }) as Error,
    );
    await expect(fail('b', new AppError('CONFLICT_OPEN', 'Choose.'))).rejects.toThrow('Choose.');
    const retried = start().once('p', {}, { idempotencyKey: 'b' }, () => Promise.resolve(1));
    expect(await retried).toBe(1);
  });

  it('are forgotten after a day, and secret answers never reach the disk', async () => {
    const { start, clock, records } = await setUp();
    const idempotency = start();
    const call = { idempotencyKey: 'k' };
    await idempotency.once('p', {}, call, () => Promise.resolve(1));
    clock.advance(DAY_MS);
    expect(await idempotency.once('p', {}, call, () => Promise.resolve(2))).toBe(2);
    const secret = { idempotencyKey: 's' };
    const phrase = () =>
      idempotency.once('create', {}, secret, () => Promise.resolve('twelve words'), {
        secret: true,
      });
    expect([await phrase(), await phrase()]).toEqual(['twelve words', 'twelve words']);
    const kept = (await records.list('idempotency')).map(({ value }) =>
      Buffer.from(value).toString(),
    );
    expect(kept).toHaveLength(1);
    expect(kept.join()).not.toContain('twelve');
  });

  it('never do the work twice when what came of it cannot be kept', async () => {
    const { start, records } = await setUp();
    let puts = 0;
    const full: RecordStore = {
      ...records,
      put: (space, name, value) =>
        ++puts === 2
          ? Promise.reject(new AppError('DISK_FULL', 'Full.'))
          : records.put(space, name, value),
    };
    let runs = 0;
    const call = { idempotencyKey: 'k' };
    const once = (idempotency: ReturnType<typeof start>) =>
      idempotency.once('p', {}, call, () => Promise.resolve(++runs));
    expect(await once(start(full))).toBe(1);
    await expect(once(start())).rejects.toThrow(code('OUTCOME_UNKNOWN'));
    expect(runs).toBe(1);
  });

  it('keep nothing on the disk that can be read without the secret store', async () => {
    const { start, records, secrets } = await setUp();
    const call = { idempotencyKey: 'k' };
    const title = { title: 'Insulin' };
    const once = (idempotency: ReturnType<typeof start>) =>
      idempotency.once('p', title, call, () => Promise.resolve(title));
    await once(start());
    const failed = new AppError('OUTCOME_UNKNOWN', 'Insulin?', { details: { of: 'Insulin' } });
    const other = { idempotencyKey: 'l' };
    await expect(start().once('p', {}, other, () => Promise.reject(failed))).rejects.toThrow();
    for (const { value } of await records.list('idempotency')) {
      expect(Buffer.from(value).toString('latin1')).not.toContain('Insulin');
    }
    expect(await once(start())).toEqual(title);
    // Without the key nobody knows what came of the call: it is not made again.
    for (const name of await secrets.list()) await secrets.delete(name);
    await expect(once(start())).rejects.toThrow(code('OUTCOME_UNKNOWN'));
  });
});
