import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// Names have no hash in them: the admin listener serves the files by an ETag. Nothing is put into the page itself, since
// its Content-Security-Policy lets no inline script or style run.
export default defineConfig({
  build: {
    outDir: fileURLToPath(new URL('../dist/console', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        entryFileNames: 'console.js',
        chunkFileNames: '[name].js',
        assetFileNames: 'console[extname]',
      },
    },
  },
})
