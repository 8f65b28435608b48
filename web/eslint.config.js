import { dirname, relative, resolve, sep } from 'node:path';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const source = resolve(import.meta.dirname, 'src');

// Who may import whom. Features know what is below them, and never each other; the shell knows the features.
const below = {
  api: ['api'],
  live: ['api', 'live'],
  ui: ['api', 'i18n', 'ui'],
  i18n: ['api', 'i18n', 'messages'],
  entities: ['api', 'live', 'i18n', 'ui', 'entities'],
  feature: ['api', 'live', 'i18n', 'ui', 'entities'],
  shell: ['api', 'live', 'i18n', 'ui', 'entities', 'feature', 'shell'],
  main: ['api', 'live', 'i18n', 'ui', 'entities', 'feature', 'shell', 'main'],
};

function placeOf(file) {
  const [first, second] = relative(source, file).split(sep);
  if (file.endsWith('.json')) return { layer: 'messages' };
  if (first !== 'console') return { layer: first in below ? first : 'main' };
  return second === 'shell' ? { layer: 'shell' } : { layer: 'feature', feature: second };
}

const layers = {
  create: (context) => {
    const from = placeOf(context.filename);
    const check = (node) => {
      const wanted = node.source?.value;
      if (typeof wanted !== 'string' || !wanted.startsWith('.')) return;
      const to = placeOf(resolve(dirname(context.filename), wanted));
      const isOwn = from.feature !== undefined && from.feature === to.feature;
      // A test may look at the messages.
      if (to.layer === 'messages' && context.filename.endsWith('.test.ts')) return;
      if (isOwn || below[from.layer].includes(to.layer)) return;
      context.report({ node, message: `${from.layer} may not import ${to.feature ?? to.layer}.` });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ImportExpression: check };
  },
};

// People read what the messages say, in their language.
const noLiteralText = {
  create: (context) => ({
    JSXText(node) {
      if (/\p{L}/u.test(node.value)) context.report({ node, message: 'Text belongs into the messages.' });
    },
  }),
};

export default tseslint.config(
  { ignores: ['**/*', '!src/**'] },
  ...tseslint.configs.strictTypeChecked,
  reactHooks.configs.flat.recommended,
  jsxA11y.flatConfigs.strict,
  {
    files: ['src/**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { hawser: { rules: { 'no-literal-text': noLiteralText, layers } } },
    rules: {
      'hawser/no-literal-text': 'error',
      'hawser/layers': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'The policy refuses it, and so do we.' },
      ],
    },
  },
);
