import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Addresses are relative to the page's <base>, which the server sets: a proxy may serve the console below a path of its own.
export default defineConfig({
  base: './',
  plugins: [react()],
  build: {
    target: 'es2023',
    sourcemap: false,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
});
