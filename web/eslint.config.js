import boundaries from 'eslint-plugin-boundaries';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

// People read what the messages say, in their language.
const noLiteralText = {
  create: (context) => ({
    JSXText(node) {
      if (/\p{L}/u.test(node.value)) context.report({ node, message: 'Text belongs into the messages.' });
    },
  }),
};

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'build', 'public', '*.config.*'] },
  ...tseslint.configs.strictTypeChecked,
  reactHooks.configs.flat.recommended,
  jsxA11y.flatConfigs.strict,
  {
    files: ['src/**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { boundaries, hawser: { rules: { 'no-literal-text': noLiteralText } } },
    settings: {
      'boundaries/elements': [
        { type: 'api', pattern: 'src/api/**' , mode: 'full' },
        { type: 'live', pattern: 'src/live/**', mode: 'full' },
        { type: 'i18n', pattern: 'src/i18n/**', mode: 'full' },
        { type: 'ui', pattern: 'src/ui/**', mode: 'full' },
        { type: 'entities', pattern: 'src/entities/**', mode: 'full' },
        { type: 'shell', pattern: 'src/console/shell/**', mode: 'full' },
        { type: 'feature', pattern: 'src/console/(*)/**', mode: 'full', capture: ['feature'] },
        { type: 'main', pattern: 'src/*.tsx', mode: 'full' },
      ],
    },
    rules: {
      'hawser/no-literal-text': 'error',
      'react/no-danger': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': [
        'error',
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'The policy refuses it, and so do we.' },
      ],
      'boundaries/element-types': [
        'error',
        {
          default: 'disallow',
          rules: [
            { from: 'api', allow: ['api'] },
            { from: 'live', allow: ['api', 'live'] },
            { from: 'i18n', allow: ['api', 'i18n', 'ui', 'entities', 'shell', 'feature'] },
            { from: 'ui', allow: ['ui', 'i18n', 'api'] },
            { from: 'entities', allow: ['api', 'live', 'i18n', 'ui', 'entities'] },
            {
              from: 'feature',
              allow: ['api', 'live', 'i18n', 'ui', 'entities', ['feature', { feature: '${from.feature}' }]],
            },
            { from: 'shell', allow: ['api', 'live', 'i18n', 'ui', 'entities', 'feature', 'shell'] },
            { from: 'main', allow: ['api', 'live', 'i18n', 'ui', 'entities', 'feature', 'shell', 'main'] },
          ],
        },
      ],
    },
  },
);
