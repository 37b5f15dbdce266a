import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [vue()],
  test: {
    environment: 'happy-dom',
    include: ['{widget,console}/tests/**/*.test.ts'],
    restoreMocks: true,
    // its components bring style sheets, which only Vite can read
    server: { deps: { inline: ['element-plus'] } },
  },
});
