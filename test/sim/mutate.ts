/**
 * Puts each deliberate fault of mutations.ts into a copy of the code and looks for it:
 *   node test/sim/mutate.ts [--only TEXT,TEXT] [--seeds 1..200] [--width 2]
 * Prints a table: after how many seeds each was found, and by which checker. Exits with 1 when one
 * was not.
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Mutation } from './app-mutations.ts';
import { MUTATIONS } from './mutations.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seeds: { type: 'string', default: '1..200' },
    width: { type: 'string', default: '2' },
  },
});

interface Found {
  /** How many seeds it took, the one that found it included. */
  readonly seeds: number;
  /** Kind and seed: `ring 12`. */
  readonly run: string;
  readonly how: string;
}

const root = join(import.meta.dirname, '../..');
const COPIED = [
  ...['src-main', 'package.json'],
  ...['test/sim', 'test/app/order-sums.ts', 'test/domain/ground-truth'],
];

async function copyWith(mutation: Mutation): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'carrossel-mutant-'));
  for (const part of COPIED) await cp(join(root, part), join(dir, part), { recursive: true });
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'));
  for (const { file, find, replace } of mutation.edits) {
    const text = await readFile(join(dir, file), 'utf8');
    if (text.split(find).length !== 2) throw new Error(`${mutation.name}: no fit in ${file}`);
    await writeFile(
      join(dir, file),
      text.replace(find, () => replace),
    );
  }
  return dir;
}

async function output(dir: string, args: readonly string[]): Promise<readonly string[]> {
  const child = spawn(process.execPath, ['test/sim/run.ts', ...args], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  return out.split('\n');
}

/** Runs seeds until one fails that does not fail without the fault. */
async function hunt(dir: string, kinds: readonly string[]): Promise<Found | undefined> {
  const [from = 1, to = 200] = values.seeds.split('..').map(Number);
  for (let seed = from; seed <= to; seed++) {
    const lines = await output(dir, ['--seeds', `${seed}..${to}`, '--first-failure', ...kinds]);
    const at = lines.findIndex((line) => line.startsWith('FAIL'));
    if (at < 0) return undefined;
    const [, kind = '?', failed = '?'] = /--kinds (\w+) --seeds (\d+)/.exec(lines.join('\n')) ?? [];
    seed = Number(failed);
    const control = await output(root, ['--seeds', failed, '--kinds', kind]);
    const sound = control.some((line) => line.startsWith('ok'));
    const how = lines[at + 2]?.trim() ?? '';
    if (sound) return { seeds: seed - from + 1, run: `${kind} ${failed}`, how };
    console.log(`(${kind} ${failed} fails without any fault as well)`);
  }
  return undefined;
}

const texts = values.only.split(',');
const wanted = MUTATIONS.filter(({ name }) => texts.some((text) => name.includes(text)));
const missed: string[] = [];

async function work(queue: Mutation[]): Promise<void> {
  for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
    const dir = await copyWith(one);
    try {
      const found = await hunt(dir, one.kinds === undefined ? [] : ['--kinds', one.kinds]);
      if (found === undefined) missed.push(one.name);
      const verdict = found === undefined ? 'NOT FOUND' : `after ${found.seeds} (${found.run})`;
      const how = found?.how ?? '';
      console.log(`${one.name.padEnd(60)} ${verdict.padEnd(22)} ${how}`.slice(0, 180));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }
}

const queue = [...wanted];
await Promise.all(Array.from({ length: Number(values.width) }, () => work(queue)));
console.log(`${wanted.length - missed.length} of ${wanted.length} found`);
process.exit(missed.length === 0 ? 0 : 1);
