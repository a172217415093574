import { call } from '@orpc/server';
import { expect, it } from 'vitest';
import { createSystemClock } from '../../src-main/base/clock.ts';
import { createLogger, type LogLine } from '../../src-main/base/logger.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import { contract } from '../../src-main/shell/contract.ts';
import { createRouter, type AppRouter } from '../../src-main/shell/router.ts';
import { createMemoryApp, PEER_ID, type MemoryApp } from './memory-app.ts';

function open(change: (app: MemoryApp) => MemoryApp = (app) => app) {
  const lines: LogLine[] = [];
  const metrics = createMetrics();
  const logger = createLogger({ level: 'debug', write: (line) => lines.push(line) });
  const app = change(createMemoryApp());
  const router = createRouter({ app, logger, metrics, clock: createSystemClock() });
  return { app, router, metrics, lines };
}

const health = (router: AppRouter) => {
  const { system } = router as { system: Record<string, Parameters<typeof call>[0]> };
  if (!system['health']) throw new Error('no such procedure');
  return call(system['health'], undefined, { context: {} });
};

it('has a procedure for each of the contract', () => {
  const { router } = open();
  const names = (tree: object): string[] =>
    Object.entries(tree).flatMap(([group, procedures]) =>
      Object.keys(procedures as object).map((name) => `${group}.${name}`),
    );
  expect(names(router)).toEqual(names(contract));
});

it('takes so many requests at once and refuses more', async () => {
  const { promise, resolve } = Promise.withResolvers<{ ok: boolean; peerId: string }>();
  const { router } = open((app) => ({ ...app, system: { ...app.system, health: () => promise } }));
  const waiting = Array.from({ length: 512 }, () => health(router));
  await expect(health(router)).rejects.toMatchObject({ code: 'OVERLOADED' });
  resolve({ ok: true, peerId: PEER_ID });
  await Promise.all(waiting);
  await expect(health(router)).resolves.toMatchObject({ ok: true });
});

it('logs what broke inside and counts every request by its outcome', async () => {
  const { app, router, metrics, lines } = open();
  await health(router);
  app.memory.failWith = new TypeError('x is undefined');
  await expect(health(router)).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(lines).toMatchObject([{ level: 'error', fields: { path: 'system.health' } }]);
  const text = metrics.render();
  expect(text).toContain('carrossel_api_requests_total{path="system.health",code="ok"} 1');
  expect(text).toContain('carrossel_api_requests_total{path="system.health",code="INTERNAL"} 1');
});

it('does not pass on an answer that breaks the contract', async () => {
  const { router } = open((app) => ({
    ...app,
    system: { ...app.system, health: () => ({ ok: true }) as never },
  }));
  await expect(health(router)).rejects.toThrow();
});
