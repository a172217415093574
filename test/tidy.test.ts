import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { findSources } from './support/find-sources.ts';

/** The shape of the house (DESIGN §5) as a test: floors, cycles, sizes, dead files, names. */

const root = fileURLToPath(new URL('..', import.meta.url));
const MAX_FILE_LINES = 300;
const MAX_FUNCTION_LINES = 70;
const MAX_LINE_LENGTH = 100;

/** A file imports its own floor or lower ones. */
const FLOORS: Record<string, number> = {
  base: 0,
  domain: 1,
  security: 2,
  storage: 3,
  network: 3,
  replication: 4,
  app: 5,
  shell: 7,
};
/** peer.ts and the files beside it choose implementations: above the app, below the shells. */
const PEER_FLOOR = 6;

const sources = findSources(root, ['src-main', 'src-renderer'], ['.ts', '.svelte']);
const tests = findSources(root, ['test', 'bench'], ['.ts', '.mjs']);

/**
 * Where a process, a bundle or a tool enters; everything else must be reached from one of these.
 */
const isEntry = (file: string): boolean =>
  file.endsWith('vite.config.ts') ||
  /^src-main\/shell\/(cli\/cli|electron\/(main|preload|peer-process))\.ts$/.test(file) ||
  file === 'src-renderer/main.ts' ||
  file.endsWith('.d.ts');

/** Second implementations of a wall, which tests and the simulation run on. */
const isForTests = (file: string): boolean => /^src-main\/storage\/memory-/.test(file);

function floorOf(file: string): number | undefined {
  if (/^src-main\/[^/]+\.ts$/.test(file) && !isEntry(file)) return PEER_FLOOR;
  const folder = /^src-main\/([^/]+)\//.exec(file)?.[1];
  return folder === undefined ? undefined : FLOORS[folder];
}

interface Import {
  readonly file: string;
  readonly typeOnly: boolean;
}

/** The project's own files that a file imports (specifiers are resolved as written). */
function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const code = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((m) => m[1]).join('\n')
    : text;
  const tree = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean): void => {
    if (!specifier.startsWith('.')) return;
    const target = resolve(root, dirname(file), specifier);
    const path = [target, target.replace(/\.js$/, '.ts')].find((p) => existsSync(p));
    if (path === undefined) throw new Error(`${file}: nothing at ${specifier}`);
    found.push({ file: relative(root, path), typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node.moduleSpecifier.text, isTypeOnly(node.importClause));
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      add(node.moduleSpecifier.text, node.isTypeOnly);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [first] = node.arguments;
      if (first && ts.isStringLiteral(first)) add(first.text, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

const graph = new Map(sources.map((file) => [file, importsOf(file)]));

describe('the house', () => {
  it('imports go to the same floor or down', () => {
    const wrong = [...graph].flatMap(([file, imports]) => {
      const from = floorOf(file);
      if (from === undefined) return [];
      return imports.flatMap(({ file: target }) => {
        const to = floorOf(target);
        return to === undefined || to > from ? [`${file} → ${target}`] : [];
      });
    });
    expect(wrong).toEqual([]);
  });

  it('keeps storage and network apart, and carts out of replication', () => {
    const wrong = [...graph].flatMap(([file, imports]) =>
      imports.flatMap(({ file: target }) => {
        const pair = `${file} → ${target}`;
        const across =
          (/^src-main\/storage\//.test(file) && /^src-main\/network\//.test(target)) ||
          (/^src-main\/network\//.test(file) && /^src-main\/storage\//.test(target));
        const carts =
          /^src-main\/replication\//.test(file) && /domain\/(cart|order|voucher)/.test(target);
        return across || carts ? [pair] : [];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('lets the renderer know the main side by type only, and nothing but its words', () => {
    const wrong = [...graph].flatMap(([file, imports]) =>
      file.startsWith('src-renderer/')
        ? imports
            .filter(({ file: t }) => t.startsWith('src-main/'))
            .filter(
              ({ file: t, typeOnly }) =>
                !typeOnly ||
                !/^src-main\/(shell\/contract|app\/views(\/[^/]+)?|base\/error-code)\.ts$/.test(t),
            )
            .map(({ file: t }) => `${file} → ${t}`)
        : [],
    );
    expect(wrong).toEqual([]);
  });

  it('has no import cycles', () => {
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const { file: next, typeOnly } of graph.get(file) ?? []) {
        if (!typeOnly) visit(next, [...path, file]);
      }
      state.set(file, 'done');
    };
    for (const file of graph.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('has no dead files', () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const { file: next } of graph.get(file) ?? []) visit(next);
    };
    sources.filter((file) => isEntry(file) || isForTests(file)).forEach(visit);
    expect(sources.filter((file) => !reached.has(file))).toEqual([]);
  });

  it('names the thing: no index, utils, helpers, common', () => {
    const bad = [...sources, ...tests].filter((file) =>
      /(^|\/)(index|utils?|helpers?|common)(\.[^/]+)?(\/|$)/.test(file),
    );
    expect(bad).toEqual([]);
  });
});

describe('sizes', () => {
  const all = [...sources, ...tests];
  it(`files have at most ${MAX_FILE_LINES} lines of at most ${MAX_LINE_LENGTH} columns`, () => {
    const bad = all.flatMap((file) => {
      const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n');
      const long = lines.flatMap((line, i) =>
        line.length > MAX_LINE_LENGTH && !/https?:\/\/|^\s*(import|export) |['"`].{60}/.test(line)
          ? [`${file}:${i + 1} has ${line.length} columns`]
          : [],
      );
      return lines.length > MAX_FILE_LINES ? [`${file} has ${lines.length} lines`, ...long] : long;
    });
    expect(bad).toEqual([]);
  });

  it(`functions have at most ${MAX_FUNCTION_LINES} lines`, () => {
    const bad = sources
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => longFunctions(file, readFileSync(join(root, file), 'utf8')));
    expect(bad).toEqual([]);
  });
});

/**
 * Functions over the limit. A factory (`createX`) that returns the verbs it closes over counts its
 * own lines only: those outside the functions it holds.
 */
function longFunctions(file: string, code: string): string[] {
  const tree = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const lineOf = (at: number): number => tree.getLineAndCharacterOfPosition(at).line;
  const linesOf = (node: ts.Node): number => lineOf(node.end) - lineOf(node.getStart(tree)) + 1;
  const bad: string[] = [];
  const inner = (node: ts.Node): number => {
    let sum = 0;
    ts.forEachChild(node, (child) => {
      sum += ts.isFunctionLike(child) ? linesOf(child) - 1 : inner(child);
    });
    return sum;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const own = linesOf(node) - inner(node.body);
      if (own > MAX_FUNCTION_LINES) bad.push(`${file}:${lineOf(node.getStart(tree)) + 1}: ${own}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return bad;
}
