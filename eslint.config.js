import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

/** Time and randomness are arguments (base/clock.ts, base/random.ts), so that a seed replays a run. */
const worldBans = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Use base/clock.ts.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Use base/clock.ts.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Use base/random.ts.',
  },
  {
    selector: "MemberExpression[object.name='performance'][property.name='now']",
    message: 'Use base/clock.ts.',
  },
  {
    selector: 'CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate)$/]',
    message: 'Use base/clock.ts or base/repeating.ts.',
  },
  {
    selector: "MemberExpression[object.name='AbortSignal'][property.name='timeout']",
    message: 'Use base/waiting.ts.',
  },
  {
    selector: 'ImportDeclaration[source.value=/^(node:)?timers/]',
    message: 'Use base/clock.ts or base/waiting.ts.',
  },
  {
    selector: 'ImportSpecifier[imported.name=/^random(Bytes|UUID|Int|Fill|FillSync)$/]',
    message: 'Use base/random.ts.',
  },
  {
    selector: 'MemberExpression[property.name=/^(randomUUID|getRandomValues)$/]',
    message: 'Use base/random.ts.',
  },
  { selector: "MemberExpression[property.name='hrtime']", message: 'Use base/clock.ts.' },
  { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' },
];

const typed = {
  parserOptions: {
    projectService: true,
    extraFileExtensions: ['.svelte'],
    tsconfigRootDir: import.meta.dirname,
  },
};

const strict = {
  '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
  ],
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  eqeqeq: 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'no-empty': ['error', { allowEmptyCatch: false }],
};

export default ts.config(
  { ignores: ['dist/**', 'node_modules/**', 'test-results/**'] },
  {
    files: ['**/*.ts'],
    languageOptions: { parser: ts.parser, ...typed },
    plugins: { '@typescript-eslint': ts.plugin },
    rules: strict,
  },
  ...svelte.configs['flat/recommended'],
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, ...typed.parserOptions } },
    plugins: { '@typescript-eslint': ts.plugin },
    rules: {
      ...strict,
      'svelte/no-at-html-tags': 'error',
      // A $bindable prop is taken with `let` beside others that never change.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  {
    files: ['src-main/**/*.ts'],
    ignores: ['src-main/base/**'],
    rules: { 'no-restricted-syntax': ['error', ...worldBans] },
  },
  {
    files: ['src-renderer/**/*.ts', 'src-renderer/**/*.svelte'],
    ignores: ['src-renderer/clock.ts', 'src-renderer/random.ts'],
    rules: { 'no-restricted-syntax': ['error', ...worldBans] },
  },
  { files: ['src-renderer/vite.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['src-main/vite.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
