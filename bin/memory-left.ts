import { readFileSync } from 'node:fs'
import { freemem } from 'node:os'
import path from 'node:path'

/** Bytes that this process may still take: the least of what its control groups (cgroup v2, v1) and the machine have left. */
export function memoryLeft(root = '/', machine = freemem()): number {
  return Math.min(machine, ...groupsOf(root).map(leftIn))
}

/** A control group with a limit: each of v2 and v1 has files of its own. */
interface Kind {
  readonly mount: string
  readonly limit: string
  readonly usage: string
  /** Memory that the kernel frees on demand: its cache of files. */
  readonly reclaimable: RegExp
}

const V2: Kind = {
  mount: 'sys/fs/cgroup',
  limit: 'memory.max',
  usage: 'memory.current',
  reclaimable: /^(?:in)?active_file (\d+)$/gm,
}

const V1: Kind = {
  mount: 'sys/fs/cgroup/memory',
  limit: 'memory.limit_in_bytes',
  usage: 'memory.usage_in_bytes',
  reclaimable: /^total_(?:in)?active_file (\d+)$/gm,
}

interface Group {
  readonly folder: string
  readonly kind: Kind
}

/** The groups of this process and all above them: a container sees its own as the topmost, wherever it really is. */
function groupsOf(root: string): Group[] {
  const lines = read(path.join(root, 'proc/self/cgroup')).split('\n')
  return lines.flatMap(function groupsOn(line): Group[] {
    const [, controllers, name] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (name === undefined) return []
    if (controllers === '') return upwards(root, V2, name)
    return controllers!.split(',').includes('memory') ? upwards(root, V1, name) : []
  })
}

function upwards(root: string, kind: Kind, name: string): Group[] {
  const steps = name.split('/').filter((step) => step !== '' && step !== '..')
  return [...steps, ''].map((_, up) => ({
    folder: path.join(root, kind.mount, ...steps.slice(0, steps.length - up)),
    kind,
  }))
}

/** A group without a limit, or one that cannot be seen from here, leaves any amount. */
function leftIn({ folder, kind }: Group): number {
  const limit = Number.parseInt(read(path.join(folder, kind.limit)), 10)
  const usage = Number.parseInt(read(path.join(folder, kind.usage)), 10)
  if (Number.isNaN(limit) || Number.isNaN(usage)) return Number.POSITIVE_INFINITY
  const files = [...read(path.join(folder, 'memory.stat')).matchAll(kind.reclaimable)]
  const reclaimable = files.reduce((sum, [, bytes]) => sum + Number(bytes), 0)
  return Math.max(limit - usage + reclaimable, 0)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
