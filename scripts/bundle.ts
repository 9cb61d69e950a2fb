import { bundleFunction } from './bundle-function.js'

// npm run bundle, and part of npm run build.

await bundleFunction('dist/function/engine.cjs')
