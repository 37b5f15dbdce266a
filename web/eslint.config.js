import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import vue from 'eslint-plugin-vue';
import globals from 'globals';
import ts from 'typescript-eslint';

/** Customer text must never become markup. */
const noMarkup = [
  { property: 'innerHTML', message: 'Text is text: use textContent.' },
  { property: 'outerHTML', message: 'Text is text: use textContent.' },
  { property: 'insertAdjacentHTML', message: 'Text is text: use append.' },
];

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'shared/openapi.d.ts'] },
  js.configs.recommended,
  ts.configs.recommended,
  vue.configs['flat/recommended'],
  {
    files: ['**/*.{ts,vue}'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: ts.parser, sourceType: 'module' },
    },
    rules: {
      'max-lines': ['error', { max: 400 }],
      'no-restricted-properties': ['error', ...noMarkup],
      'no-undef': 'off', // TypeScript knows better
      'vue/no-v-html': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/define-macros-order': 'error',
    },
  },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: globals.node } },
  { files: ['demo/*.js'], languageOptions: { globals: globals.browser } },
  prettier,
);
