import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'

// The engine of `dialsip export function`: one file for Twilio's runtime (docs/fallback.md).

/** What schemas are built of while a module loads; no call needs one, so any of them does for all. */
const NO_ZOD = `
const schema = new Proxy(function schema() {}, { get: () => schema, apply: () => schema })
export const z = schema
`

const SMALL_XML = resolve('scripts/small-xml.ts')

/** What has a package loaded when it is first asked for. */
const LOADS_LATER = /src\/(?:numbers\/national|xml\/document)\.ts$/

/** With Node's own `require` esbuild would leave the package out; without it, it is taken in, and still loaded when needed. */
const OWN_REQUIRE = /const require = createRequire\(import\.meta\.url\)/

/** Leaves out what only reads configs, and takes in what Node would load when it is first needed. */
const lean: Plugin = {
  name: 'lean',
  setup({ onResolve, onLoad, resolve: find }) {
    onResolve({ filter: /^zod$/ }, () => ({ path: 'zod', namespace: 'none' }))
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: NO_ZOD }))
    onResolve({ filter: /^xmlbuilder2$/ }, () => ({ path: SMALL_XML }))
    onResolve({ filter: /^ical\.js$/ }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === 'lean') return undefined
      const found = await find(path, { resolveDir, kind, pluginData: 'lean' })
      return { ...found, sideEffects: false }
    })
    onLoad({ filter: LOADS_LATER }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(OWN_REQUIRE, ''),
      loader: 'ts',
    }))
  },
}

/** Bundles the engine into a file; gives what it consists of. */
export async function bundleFunction(outfile: string) {
  const { metafile } = await build({
    entryPoints: ['routes/function.ts'],
    outfile,
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'inline',
    plugins: [lean],
    logLevel: 'warning',
    logOverride: { 'empty-import-meta': 'error' },
  })
  return metafile
}
