import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/** Comparing a secret with `===` leaks how much of it was right; `kernel/` has the constant-time way. */
const secretComparison = {
  selector:
    "BinaryExpression[operator=/^[!=]==?$/]:has(> .left:matches(Identifier, MemberExpression[property.name=/[sS]ecret$|[hH]mac$|[dD]igest$/]):matches([name=/[sS]ecret$|[hH]mac$|[dD]igest$/], [property.name=/[sS]ecret$|[hH]mac$|[dD]igest$/])):not([right.name='undefined']):not([right.raw='null'])",
  message: 'Compare secrets in constant time, never with an operator.',
};

const clock = {
  selector:
    "NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.object.name='Date'][callee.property.name='now']",
  message: 'Ask the Clock, so that a test can set the time.',
};

const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read in config/ only.',
};

const nestBody = {
  name: '@nestjs/common',
  importNames: ['Body'],
  message: 'Bodies are read after the guards, by JsonBody of edge/request-body.',
};

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'data/',
      'coverage/',
      '.tmp/',
      '*.config.js',
      '.dependency-cruiser.cjs',
    ],
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'ormconfig.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { regexp },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/require-await': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/promise-function-async': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-extraneous-class': 'off',
      // Text comes from strangers: no expression may take exponential or quadratic time on it.
      'regexp/no-super-linear-backtracking': 'error',
      'regexp/no-super-linear-move': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', secretComparison, clock, environment],
      'no-restricted-imports': ['error', { paths: [nestBody] }],
    },
  },
  {
    files: ['src/config/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', secretComparison, clock] },
  },
  {
    files: ['src/kernel/clock.ts'],
    rules: { 'no-restricted-syntax': ['error', secretComparison, environment] },
  },
  {
    files: ['test/**/*.ts', 'src/**/*.spec.ts', 'bench/**/*.ts'],
    rules: {
      'no-restricted-syntax': 'off',
      'max-lines-per-function': 'off',
      // Specs are tables of cases for the most part.
      'max-lines': ['error', { max: 700, skipBlankLines: true, skipComments: true }],
    },
  },
);
