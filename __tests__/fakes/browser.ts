// A real Chromium, when the machine has one, over its debugging pipe: pages as people meet them.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** Null where there is none: tests that need it are then skipped, and say so. */
export function findChromium(): string | null {
  const wanted = process.env.CHROMIUM ? [process.env.CHROMIUM] : NAMES
  return wanted.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0) ?? null
}

type Reply = {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { message: string }
}
type Params = { readonly [name: string]: unknown }

export type Page = {
  /** A command of the DevTools protocol. */
  send<T = unknown>(method: string, params?: Params): Promise<T>
  /** The value of an expression in the page. */
  value<T>(expression: string): Promise<T>
  key(name: string): Promise<void>
  /** What the browser complained of, and every address that was asked for beside the page's own. */
  readonly complaints: string[]
  readonly requests: string[]
  screenshot(path: string): Promise<void>
}

export type View = { readonly width: number; readonly height: number; readonly dark: boolean }

export async function withPage(
  program: string,
  url: string,
  view: View,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'parity-chromium-'))
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    '--remote-debugging-pipe',
    '--no-first-run',
  ]
  const child = spawn(program, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const closed = new Promise((resolve) => child.on('close', resolve))
  try {
    const [, , , write, read] = child.stdio as unknown as readonly [null, null, null, Writable, Readable]
    const page = await attach(connect(write, read), view)
    await page.open(url)
    await use(page)
  } finally {
    child.kill()
    await closed
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

type Connection = {
  send(method: string, params: Params, sessionId?: string): Promise<unknown>
  listen(listener: (method: string, params: unknown) => void): void
}

/** Messages end with a zero byte. */
function connect(write: Writable, read: Readable): Connection {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  const listeners: ((method: string, params: unknown) => void)[] = []
  let [next, rest] = [1, '']
  read.setEncoding('utf8')
  read.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\0')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const reply = JSON.parse(part) as Reply
      if (reply.id === undefined) for (const listener of listeners) listener(reply.method ?? '', reply.params)
      else if (reply.error) waiting.get(reply.id)?.reject(new Error(reply.error.message))
      else waiting.get(reply.id)?.resolve(reply.result)
    }
  })
  const failed = () => {
    for (const one of waiting.values()) one.reject(new Error('the browser is gone'))
  }
  read.on('close', failed)
  write.on('error', failed)
  return {
    send: (method, params, sessionId) =>
      new Promise((resolve, reject) => {
        waiting.set(next, { resolve, reject })
        write.write(`${JSON.stringify({ id: next++, method, params, ...(sessionId ? { sessionId } : {}) })}\0`)
      }),
    listen: (listener) => void listeners.push(listener),
  }
}

async function attach(connection: Connection, view: View): Promise<Page & { open(url: string): Promise<void> }> {
  const { targetInfos } = (await connection.send('Target.getTargets', {})) as {
    targetInfos: { targetId: string; type: string }[]
  }
  const targetId = targetInfos.find(({ type }) => type === 'page')?.targetId
  const { sessionId } = (await connection.send('Target.attachToTarget', { targetId, flatten: true })) as {
    sessionId: string
  }
  const send = async <T>(method: string, params: Params = {}) => (await connection.send(method, params, sessionId)) as T
  const [complaints, requests]: [string[], string[]] = [[], []]
  let loaded = () => {}
  connection.listen((method, params) => {
    const about = params as {
      entry?: { text: string }
      request?: { url: string }
      exceptionDetails?: { text: string }
      type?: string
    }
    if (method === 'Log.entryAdded') complaints.push(about.entry?.text ?? '')
    if (method === 'Runtime.exceptionThrown') complaints.push(about.exceptionDetails?.text ?? '')
    if (method === 'Runtime.consoleAPICalled') complaints.push(`console.${about.type}`)
    if (method === 'Page.javascriptDialogOpening') complaints.push('a dialog')
    if (method === 'Network.requestWillBeSent') requests.push(about.request?.url ?? '')
    if (method === 'Page.loadEventFired') loaded()
  })
  for (const domain of ['Page', 'Log', 'Runtime', 'Network', 'Accessibility']) await send(`${domain}.enable`)
  await send('Emulation.setDeviceMetricsOverride', {
    width: view.width,
    height: view.height,
    deviceScaleFactor: 1,
    mobile: view.width < 600,
  })
  await send('Emulation.setEmulatedMedia', {
    features: [{ name: 'prefers-color-scheme', value: view.dark ? 'dark' : 'light' }],
  })
  return {
    ...{ send, complaints, requests },
    open: async (url) => {
      const done = new Promise<void>((resolve) => {
        loaded = resolve
      })
      await send('Page.navigate', { url })
      await done
    },
    value: async <T>(expression: string) => {
      const { result } = await send<{ result: { value: T } }>('Runtime.evaluate', {
        expression,
        returnByValue: true,
        awaitPromise: true,
      })
      return result.value
    },
    key: async (name) => {
      const text = name === 'Enter' ? { text: '\r' } : {}
      await send('Input.dispatchKeyEvent', {
        type: 'keyDown',
        key: name,
        code: name,
        windowsVirtualKeyCode: KEYS[name] ?? 0,
        ...text,
      })
      await send('Input.dispatchKeyEvent', {
        type: 'keyUp',
        key: name,
        code: name,
        windowsVirtualKeyCode: KEYS[name] ?? 0,
      })
    },
    screenshot: async (path) => {
      const { data } = await send<{ data: string }>('Page.captureScreenshot', { format: 'png' })
      await writeFile(path, Buffer.from(data, 'base64'))
    },
  }
}

const KEYS: { readonly [name: string]: number } = { Tab: 9, Enter: 13 }
