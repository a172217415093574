import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { diagnosticsOf } from '../../src-renderer/state/diagnostics.ts';
import { outOfStep } from './fixture-ring.ts';
import { members, status } from './fixture-views.ts';
import { openPage } from './pages.ts';

describe('the diagnostics for a bug report', () => {
  it('hold numbers and states, and nothing that names people, machines or places', () => {
    const text = diagnosticsOf({
      status: status(),
      members: members(),
      inStep: outOfStep(),
      findings: [{ check: 'accounts', level: 'warn', found: 'Silva family waits', advice: 'x' }],
      page: { agent: 'Chromium', locale: 'en', link: 'live' },
    });
    expect(JSON.parse(text)).toMatchObject({
      carrossel: { version: '0.1.0' },
      inStep: { allEqual: false },
      checks: [{ check: 'accounts', level: 'warn' }],
    });
    for (const secret of [
      /Silva/u,
      /Rui/u,
      /Ana/u,
      /Shop/u,
      /12D3/u,
      /192\.168/u,
      /a1a1/u,
      /f0f0/u,
    ]) {
      expect(text).not.toMatch(secret);
    }
  });

  it('are shown before they are copied', async () => {
    await openPage({}, '#/settings');
    await page.getByRole('button', { name: 'Show the diagnostics' }).click();
    await expect
      .element(page.getByRole('textbox', { name: 'For a bug report' }))
      .toHaveValue(expect.stringContaining('"allEqual": true'));
  });
});
