import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Relative, so that the server can be published under any path: the document's own references are made absolute by
  // the build's last step, what is loaded later is found beside what loads it.
  base: './',
  plugins: [react()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    target: 'es2022',
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    reportCompressedSize: false,
    license: { fileName: 'licenses.md' },
  },
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:21114', changeOrigin: false } },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
});
