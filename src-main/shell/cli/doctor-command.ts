import { AppError } from '../../base/app-error.ts';
import { defineCommand } from './command.ts';
import { wrapped } from './wrap-text.ts';

/** Where the findings begin. */
const COLUMN = 21;
const MARK = { ok: 'ok   ', warn: 'warn ', error: 'ERROR' } as const;

export const doctorCommand = defineCommand({
  name: 'doctor',
  takes: '',
  count: [0, 0],
  summary: 'check disk, clock, ports, reachability and store; say what to do',
  options: {},
  notes: 'Exit status 1 when it finds an error.',
  examples: ['carrossel doctor', 'carrossel doctor --json'],
  async run({ io, json, client }) {
    const { findings } = await (await client()).system.doctor();
    if (json) io.out(JSON.stringify({ findings }));
    else {
      for (const { check, level, found, advice } of findings) {
        io.out(wrapped(`${MARK[level]}  ${check.padEnd(13)} ${found}`, COLUMN));
        if (advice !== '') io.out(wrapped(`${' '.repeat(COLUMN)}→ ${advice}`, COLUMN + 2));
      }
    }
    const wrong = findings.filter(({ level }) => level === 'error').map(({ check }) => check);
    if (wrong.length > 0) {
      const code = wrong.includes('ring') ? 'REVOKED' : 'STORAGE_FAILED';
      throw new AppError(code, `Something is wrong with: ${wrong.join(', ')}.`, {
        details: { checks: wrong },
      });
    }
  },
});
