import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { chromium, type Page } from 'playwright-core'
import { type Pixels, smallPng } from './small-png.js'

// Takes the pictures of the console that the docs show, from the calls of the demo: npm run screenshots

const CHROMIUM = '/usr/bin/chromium'
const FOLDER = 'docs/console'

/** What the docs can carry, in bytes. */
const LARGEST = 80 * 1024

/** A page, how high its picture is, and what is done before. */
interface Picture {
  readonly name: string
  readonly path: string
  readonly height: number
  readonly prepare: (page: Page) => Promise<unknown>
}

const PICTURES: readonly Picture[] = [
  {
    name: 'route',
    path: '/routes?to=%2B4930123456',
    height: 860,
    prepare: (page) => page.locator('svg text', { hasText: 'frankfurt' }).first().waitFor(),
  },
  {
    name: 'try',
    path: '/try?to=%2B4930123456&from=%2B491701234567&down=frankfurt',
    height: 1040,
    prepare: async (page) => {
      await page.getByText('rings and answers').waitFor()
      await page.locator('svg text', { hasText: 'dublin' }).first().waitFor()
    },
  },
  {
    name: 'call',
    path: '/calls?outcome=unreachable',
    height: 1010,
    prepare: async (page) => {
      await page.getByRole('row').nth(1).getByRole('link').click()
      await page.getByText('INVITE dublin').waitFor()
    },
  },
]

const demo = spawn(process.execPath, ['dist/bin/dialsip.js', 'demo', '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
try {
  mkdirSync(FOLDER, { recursive: true })
  const address = await consoleOf(demo)
  for (const picture of PICTURES) await take(address, picture)
} finally {
  await browser.close()
  demo.kill()
}

async function take(address: string, { name, path, height, prepare }: Picture): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1200, height }, colorScheme: 'light' })
  await page.goto(address + path)
  await prepare(page)
  const png = smallPng(await pixelsOf(await page.screenshot({ animations: 'disabled' })))
  await page.close()
  const file = `${FOLDER}/${name}.png`
  if (png.length > LARGEST) throw new Error(`${file} has ${png.length} bytes, ${LARGEST} are the most`)
  writeFileSync(file, png)
  process.stdout.write(`${file} ${png.length}\n`)
}

/** The pixels of a PNG, by the browser: the page that is shown lets no other script in. */
async function pixelsOf(png: Buffer): Promise<Pixels> {
  const page = await browser.newPage()
  const { width, height, base64 } = await page.evaluate<{ width: number; height: number; base64: string }>(
    `(async () => {
      const image = await createImageBitmap(await (await fetch('data:image/png;base64,${png.toString('base64')}')).blob())
      const { width, height } = image
      const canvas = new OffscreenCanvas(width, height).getContext('2d')
      canvas.drawImage(image, 0, 0)
      const { data } = canvas.getImageData(0, 0, width, height)
      return { width, height, base64: new Uint8Array(data.buffer).toBase64() }
    })()`,
  )
  await page.close()
  return { width, height, rgba: Buffer.from(base64, 'base64') }
}

async function consoleOf({ stdout }: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: stdout! })) {
    const [, address] = /The console, with these calls: (\S+)/.exec(line) ?? []
    if (address !== undefined) return address
  }
  throw new Error('the demo has ended before it said where its console is')
}
