import { defineConfig } from 'vite';
import { compress } from './build/compress.ts';
import { firstScreen } from './build/first-screen.ts';

export default defineConfig({
  base: '/app/',
  // Nothing is copied as it is: every file has the hash of its content in its name.
  publicDir: false,
  build: {
    target: 'es2023',
    // Inlined assets would be data: addresses, which the content security policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What counts is what the first screen needs; first-screen.ts measures it.
    chunkSizeWarningLimit: 2_000,
    emptyOutDir: true,
    rolldownOptions: {
      checks: { pluginTimings: false },
      onLog(level, log, show) {
        // "use client" of libraries is for servers that render; there is none.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') show(level, log);
      },
    },
  },
  plugins: [firstScreen({ screen: '/src/screens/overview/overview.tsx', most: 300_000 }), compress()],
});
