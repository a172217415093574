import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Never bundled: what Electron and Node bring, and the packages with native code. */
const native = ['classic-level', 'sodium-native'];
const external = [/^electron(\/.*)?$/, ...native, ...builtinModules, /^node:/];

/**
 * What is read as text goes along as it is: the function's side of the wall, which is run in a
 * thread, and the types for whoever writes a function.
 */
const TEXTS = {
  'function-guest.cjs': 'function-guest.cjs',
  'carrossel-function.d.ts': 'app/functions/function-api.ts',
};
function functionTexts(): Plugin {
  return {
    name: 'carrossel-function-texts',
    generateBundle() {
      for (const [fileName, path] of Object.entries(TEXTS)) {
        const source = readFileSync(new URL(path, import.meta.url), 'utf8');
        this.emitFile({ type: 'asset', fileName, source });
      }
    },
  };
}

/**
 * The command line, Electron's main process and the peer's process: ES modules, libraries inside.
 */
const programs: UserConfig = {
  root,
  plugins: [functionTexts()],
  publicDir: false,
  ssr: { noExternal: true, external: native },
  build: {
    ssr: true,
    outDir: 'dist/main',
    emptyOutDir: true,
    target: 'node22',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: {
        cli: 'src-main/shell/cli/cli.ts',
        electron: 'src-main/shell/electron/main.ts',
        'peer-process': 'src-main/shell/electron/peer-process.ts',
      },
      external,
      output: {
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: 'part-[name]-[hash].js',
      },
    },
  },
};

/** `--mode preload`: a sandboxed preload must be one CommonJS file. */
const preload: UserConfig = {
  root,
  publicDir: false,
  build: {
    outDir: 'dist/preload',
    emptyOutDir: true,
    target: 'chrome150',
    minify: false,
    lib: {
      entry: 'src-main/shell/electron/preload.ts',
      formats: ['cjs'],
      fileName: () => 'preload.cjs',
    },
    rolldownOptions: { external },
  },
};

export default defineConfig(({ mode }) => (mode === 'preload' ? preload : programs));
