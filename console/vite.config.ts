import { paraglideVitePlugin } from '@inlang/paraglide-js';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import { messageCompilerOptions } from './messages.config.ts';

const server = process.env['NEPHOS_URL'] ?? 'http://127.0.0.1:8090';

export default defineConfig({
  plugins: [
    tailwindcss(),
    paraglideVitePlugin(messageCompilerOptions()),
    sveltekit({
      // Every path without a file of its own is a page of the app: the management server sends this one for them.
      adapter: adapter({ fallback: 'index.html' }),
    }),
  ],
  server: {
    proxy: {
      '/graphql': { target: server, ws: true },
      '/console/': { target: server, ws: true },
    },
  },
});
