import { expect, it } from 'vitest';
import { parseLaunchOptions } from '../../../src-main/shell/electron/launch-options.ts';

it("takes the app's options from among Chromium's", () => {
  expect(
    parseLaunchOptions([
      '--inspect=0',
      '--remote-debugging-port=0',
      '/app',
      '--data',
      '/d',
      '--name=desk',
      '--listen',
      '/ip4/0.0.0.0/tcp/1',
      '--listen=/ip4/0.0.0.0/tcp/2',
      '--no-mdns',
      'carrossel://join/a',
    ]),
  ).toEqual({
    data: '/d',
    name: 'desk',
    listen: ['/ip4/0.0.0.0/tcp/1', '/ip4/0.0.0.0/tcp/2'],
    mdns: false,
  });
  expect(parseLaunchOptions(['/app', '--data'])).toEqual({});
});
