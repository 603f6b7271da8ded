// Texts put away and got back, in any order and of any length.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import { createShelf } from '../../src/io/shelf.ts'
import { seededRandom, shuffled } from '../../src/stats/random.ts'

const directory = mkdtempSync(join(tmpdir(), 'parity-shelf-'))
let close = () => {}
afterEach(() => close())
afterEach(() => rmSync(join(directory, 'state'), { recursive: true, force: true }))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function openShelf() {
  const shelf = createShelf(join(directory, 'state'))
  close = shelf.close
  return shelf
}

/** Around the sizes at which it reads and writes, and beyond. */
const LENGTHS = [0, 1, 3, 100, 2043, 2044, 2045, 2048, 4096, 65_531, 65_532, 65_533, 65_536, 70_000, 300_000]

const textsOf = (count: number, random: () => number) =>
  Array.from({ length: count }, (_, i) => {
    const length = i % 40 === 0 ? (LENGTHS[Math.floor(random() * LENGTHS.length)] ?? 0) : Math.floor(random() * 900)
    return `${i} `
      .padEnd(length, i % 3 === 0 ? 'ü🎉' : 'x')
      .slice(0, Math.max(length, 1))
      .replace(/\p{Cs}$/u, 'x')
  })

it('gives each text back: in order, backwards, in any order, twice', () => {
  const random = seededRandom('shelf')
  const texts = textsOf(2000, random)
  const shelf = openShelf()
  const tickets = texts.map(shelf.put)
  const orders = [tickets.keys(), [...tickets.keys()].reverse(), shuffled([...tickets.keys()], random)]
  for (const order of orders)
    for (const at of order) {
      expect(shelf.get(tickets[at] ?? -1)).toBe(texts[at])
      expect(shelf.get(tickets[at] ?? -1)).toBe(texts[at])
    }
})

it('gives back what was put after it had read to its end', () => {
  const shelf = openShelf()
  const random = seededRandom('between')
  const texts = textsOf(600, random)
  const tickets: number[] = []
  for (const [at, text] of texts.entries()) {
    tickets.push(shelf.put(text))
    const before = Math.floor(random() * (at + 1))
    expect(shelf.get(tickets[before] ?? -1)).toBe(texts[before])
    expect(shelf.get(tickets[at] ?? -1)).toBe(text)
  }
})

it.each(LENGTHS)('a text of %i characters, read first and after its neighbour', (length) => {
  const shelf = openShelf()
  const [first, text, last] = ['a'.repeat(10), 'é'.repeat(length), 'z']
  const tickets = [first, text, last].map(shelf.put)
  expect(shelf.get(tickets[1] ?? -1)).toBe(text)
  expect(tickets.map(shelf.get)).toEqual([first, text, last])
})
