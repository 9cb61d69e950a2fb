import { readFileSync } from 'node:fs'
import { load as parseYaml } from 'js-yaml'
import { load } from '../material/material.js'

// `load-once.js FILE dialsip|js-yaml`: loads a config once, in a fresh process, and tells what it took. With
// `--expose-gc` also what stays of it in memory.

const [file, how] = process.argv.slice(2) as [string, string]
const collect = (globalThis as { gc?: () => void }).gc ?? (() => {})
collect()
const heapBefore = process.memoryUsage().heapUsed
const cpuBefore = process.cpuUsage()
const start = performance.now()
const loaded: unknown = how === 'dialsip' ? load(file) : parseYaml(readFileSync(file, 'utf8'))
const milliseconds = performance.now() - start
const { user, system } = process.cpuUsage(cpuBefore)
const peak = process.resourceUsage().maxRSS * 1024
collect()
const kept = process.memoryUsage().heapUsed - heapBefore
const result = { milliseconds, cpu: (user + system) / 1000, peak, kept, is: typeof loaded }
process.stdout.write(`${JSON.stringify(result)}\n`)
