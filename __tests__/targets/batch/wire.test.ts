// What becomes of an order, as far as anybody hears of it.

import { describe, expect, it } from 'vitest'
import { HttpFailure, type HttpResponse } from '../../../src/ports.ts'
import { order } from '../../../src/targets/batch/wire.ts'

const REQUEST = { method: 'POST', url: 'https://provider.invalid/batches', headers: {} } as const
const response = (status: number, body = ''): HttpResponse => ({ status, headers: {}, body })

function ordered(answer: () => HttpResponse) {
  const steps: string[] = []
  const intend = async () => {
    steps.push('intend')
  }
  const send = async () => {
    steps.push('send')
    return answer()
  }
  const done = order({ send, intend }, REQUEST, ({ body }) => (body === '' ? undefined : body))
  return { done, steps }
}

const fails = (kind: HttpFailure['kind']) => () => {
  throw new HttpFailure(kind, 'the line broke')
}

describe('an order', () => {
  it('leaves word before it goes out', async () => {
    const { done, steps } = ordered(() => response(200, 'batch'))
    expect([await done, steps]).toEqual([{ state: 'submitted', id: 'batch' }, ['intend', 'send']])
  })

  it.each([
    ['a connection that broke after it', fails('reset')],
    ['no answer in time', fails('timeout')],
    ['an answer that was cut off', fails('truncated')],
    ['a fault of the provider', () => response(500)],
    ['an answer without an id', () => response(200)],
  ])('may stand after %s', async (_, answer) => {
    expect(await ordered(answer).done).toMatchObject({ state: 'unheard' })
  })

  it.each([400, 404, 429, 501])('does not stand when it is refused with %i', async (status) => {
    expect(await ordered(() => response(status)).done).toMatchObject({ state: 'refused' })
  })

  it('does not stand where there was no connection', async () => {
    await expect(ordered(fails('connection')).done).rejects.toThrow('the line broke')
  })
})
