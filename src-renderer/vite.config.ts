import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { stillIcons } from './still-icons.ts';

/**
 * The page, for the window and for the browser: dist/renderer. In development
 * (`vite src-renderer`) CARROSSEL_API names a running peer's local API, to which /rpc is passed on.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [
    stillIcons(),
    svelte({
      configFile: false,
      // Runes for our own components; libraries say for themselves what they are.
      dynamicCompileOptions: ({ filename }: { filename: string }) =>
        filename.includes('node_modules') ? undefined : { runes: true },
    }),
  ],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome150',
    modulePreload: { polyfill: false },
    // No data: URLs: the page's policy allows files of its own origin only.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: {
      '/rpc': {
        target: process.env['CARROSSEL_API'] ?? 'http://127.0.0.1:7311',
        ws: true,
        changeOrigin: true,
        rewriteWsOrigin: true,
      },
    },
  },
});
