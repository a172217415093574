import { describe, expect, it } from 'vitest';
import { createBackground, forEachBounded } from '../../src-main/replication/bounded-work.ts';

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
