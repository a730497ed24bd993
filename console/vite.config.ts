import { paraglideVitePlugin } from '@inlang/paraglide-js';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import icons from 'unplugin-icons/vite';
import { defineConfig } from 'vitest/config';
import { messageCompilerOptions } from './messages.config.ts';

const server = process.env['NEPHOS_URL'] ?? 'http://127.0.0.1:8090';

export default defineConfig(({ command }) => ({
  plugins: [
    tailwindcss(),
    // Decoration beside words, unless a place says otherwise.
    icons({
      compiler: 'svelte',
      iconCustomizer: (_collection, _icon, attributes) => {
        attributes['aria-hidden'] = 'true';
      },
    }),
    // Builds and tests find the messages compiled (scripts/compile-messages.ts); while developing they change.
    command === 'serve' &&
      process.env['VITEST'] === undefined &&
      paraglideVitePlugin(messageCompilerOptions()),
    sveltekit({
      // Every path without a file of its own is a page of the app: the management server sends this one for them.
      adapter: adapter({ fallback: 'index.html', precompress: true }),
    }),
  ],
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            // Left alone every icon and message that two pages share is a file of its own: a page would load 200 files.
            codeSplitting: {
              groups: [
                // The first file must not run what reads the page's own data, which it is only about to say.
                {
                  name: 'payload',
                  test: /kit\/src\/runtime\/client\/payload|vite\/preload-helper/,
                  priority: 2,
                },
                // What every page needs, in several files: browsers compile them side by side.
                {
                  name: 'svelte',
                  test: /node_modules\/(svelte|@sveltejs)\//,
                  minShareCount: 10,
                  priority: 1,
                },
                {
                  name: 'graphql',
                  test: /node_modules\/(@urql|graphql-ws|wonka|@0no-co)\//,
                  minShareCount: 10,
                  priority: 1,
                },
                {
                  name: 'components',
                  test: /node_modules\/(bits-ui|@floating-ui)\//,
                  minShareCount: 10,
                  priority: 1,
                },
                // What stands around every page: together, not in the pieces that pages happen to share.
                {
                  name: 'shell',
                  test: /\/src\/lib\/(shell|shortcuts|session)\/|paraglide\/messages\/(shell|shortcuts|session)_|\/tooltip/,
                },
                // Only forms choose from a server's list.
                { name: 'pick', test: /bits-ui\/dist\/bits\/(select|combobox)\/|\/ui\/PickField/ },
                { name: 'icons', test: /lucide/, minShareCount: 2 },
                { name: 'messages', test: /paraglide/, minShareCount: 5 },
                { name: 'shared', minShareCount: 10 },
              ],
            },
          },
        },
      },
    },
  },
  build: {
    // noVNC awaits at the top level of a module.
    target: 'es2022',
  },
  server: {
    proxy: {
      '/graphql': { target: server, ws: true },
      '/console/': { target: server, ws: true },
    },
  },
  test: {
    include: ['{src,scripts}/**/*.test.ts'],
    // Some read all sources, some draw whole dialogs: on a busy machine that takes longer than the default.
    testTimeout: 30_000,
  },
  resolve: process.env['VITEST'] === undefined ? {} : { conditions: ['browser'] },
}));
