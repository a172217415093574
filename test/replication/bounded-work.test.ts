import { describe, expect, it } from 'vitest';
import {
  createBackground,
  createLanes,
  forEachBounded,
} from '../../src-main/replication/bounded-work.ts';

describe('work on many items', () => {
  it('has at most so many under way, and goes on past one that fails', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    const failed: number[] = [];
    await forEachBounded(
      Array.from({ length: 20 }, (_, i) => i),
      3,
      async (i) => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        if (i === 7) throw new Error('seven');
        done.push(i);
      },
      (_error, i) => failed.push(i),
    );
    expect(most).toBe(3);
    expect(done).toHaveLength(19);
    expect(failed).toEqual([7]);
  });
});

describe('background work', () => {
  it('is awaited by close, which aborts it and takes no more', async () => {
    const errors: string[] = [];
    const background = createBackground({ onError: (what) => errors.push(what) });
    let ended = false;
    background.run('waiting', async (signal) => {
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
      ended = true;
    });
    background.run('failing', () => Promise.reject(new Error('no')));
    await Promise.resolve();
    await background.close();
    expect(ended).toBe(true);
    let late = false;
    background.run('late', () => {
      late = true;
      return Promise.resolve();
    });
    expect(late).toBe(false);
    expect(errors).toEqual(['failing']);
  });
});

describe('lanes of background work', () => {
  it('have at most so many under way for one key, in order, and go on past one that fails', async () => {
    const background = createBackground({ onError: () => undefined });
    const failed: unknown[] = [];
    const lanes = createLanes(
      { what: 'test', width: 2 },
      { background, onError: (error) => failed.push(error) },
    );
    const began: string[] = [];
    const ends = new Map<string, (error?: Error) => void>();
    const work = (name: string) => (): Promise<void> => {
      began.push(name);
      return new Promise((resolve, reject) => {
        ends.set(name, (error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      });
    };
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (const name of ['a1', 'a2', 'a3', 'a4']) lanes.run('a', work(name));
    lanes.run('b', work('b1'));
    expect(began).toEqual(['a1', 'a2', 'b1']);
    ends.get('a2')?.(new Error('two'));
    await turn();
    expect(began).toEqual(['a1', 'a2', 'b1', 'a3']);
    expect(failed).toHaveLength(1);
    for (const name of ['a1', 'a3', 'b1']) ends.get(name)?.();
    await turn();
    ends.get('a4')?.();
    await turn();
    lanes.run('a', work('a5'));
    expect(began).toEqual(['a1', 'a2', 'b1', 'a3', 'a4', 'a5']);
    ends.get('a5')?.();
    await background.close();
  });
});
