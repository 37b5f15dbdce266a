import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** One classic script that defines `<fenzhen-widget>`; it works with a plain `<script src>`. */
export default defineConfig({
  root: here('.'),
  build: {
    outDir: here('../dist/widget'),
    emptyOutDir: true,
    target: 'es2022',
    lib: {
      entry: here('src/index.ts'),
      name: 'FenzhenWidget',
      formats: ['iife'],
      fileName: () => 'fenzhen-widget.js',
    },
  },
});
