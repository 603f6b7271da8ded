import { describe, expect, test } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { renderHtml } from '../../src/report/html.ts'
import { renderJunit } from '../../src/report/junit.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { numbersOnly, redactReport } from '../../src/report/redact-report.ts'
import { SECRET_SHAPES } from '../../src/report/secret-shapes.ts'
import { renderText } from '../../src/report/text.ts'
import { evalSet, flip, report, samples } from './samples.ts'

const none = { secrets: [], patterns: [] }
// Put together here, so that no scanner takes the test for a leak.
const joined = (...parts: readonly string[]) => parts.join('')

const found: readonly (readonly [string, string])[] = [
  ['openai key', joined('sk-', 'proj-', 'abcDEF1234567890abcDEF1234567890')],
  ['openai key', joined('sk-', 'abcDEF1234567890abcDEF1234567890')],
  ['anthropic key', joined('sk-', 'ant-api03-', 'abcdefghijklmnop1234')],
  ['google key', joined('AI', 'za', 'B'.repeat(35))],
  ['aws key id', joined('AKIA', 'IOSFODNN7EXAMPLE')],
  ['aws secret', joined('aws_secret_access_key = ', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')],
  ['aws token', joined('IQoJ', 'b3JpZ2lu', 'X2Vj/+'.repeat(20), '==')],
  ['bedrock key', joined('ABSK', 'QmVkcm9j'.repeat(12), '=')],
  ['bedrock key', joined('bedrock-api-key-', 'YmVkcm9j'.repeat(9))],
  ['azure key', joined('a1B2'.repeat(13), 'JQQJ9', '9BCACYeBjFXJ3w3AAABACOGabcd')],
  ['azure secret', joined('abc', '8', 'Q~', 'dEf.-_1'.repeat(5).slice(0, 34))],
  ['google token', joined('1/', '/0', 'aB-_'.repeat(14))],
  ['github token', joined('ghp', '_', 'a'.repeat(36))],
  ['github token', joined('ghs', '_', 'aB1.'.repeat(120))],
  ['github token', joined('github', '_pat_', 'a1'.repeat(20))],
  ['slack token', joined('xox', 'b-', '123456789012-abcdefghij')],
  ['token', joined('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0In0', '.abcdefghijk')],
  ['private key', joined('-----BEGIN ', 'RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----')],
  ['openrouter key', joined('sk-', 'or-v1-', 'abcdef0123456789abcdef')],
  ['google token', joined('ya', '29.', 'a0AfH6SMBx-'.repeat(3))],
  ['google secret', joined('GOC', 'SPX-', 'aB3_'.repeat(7))],
  ['gitlab token', joined('gl', 'pat-', 'aB3_'.repeat(6))],
  ['slack token', joined('xa', 'pp-1-', 'A01B2C3D4E5-1234567890')],
  ['slack webhook', joined('https://', 'hooks.slack.com', '/services/T00000000/B00000000/abcdefghijkl')],
  ['hugging face token', joined('hf', '_', 'aB3'.repeat(12))],
  ['groq key', joined('gs', 'k_', 'aB3x'.repeat(13))],
  ['xai key', joined('xa', 'i-', 'aB3x'.repeat(20))],
  ['stripe key', joined('sk', '_live_', 'aB3x'.repeat(6))],
  ['stripe key', joined('rk', '_test_', 'aB3x'.repeat(6))],
  ['npm token', joined('np', 'm_', 'aB3x'.repeat(9))],
  ['sendgrid key', joined('S', 'G.', 'aB3x_-'.repeat(4), '.', 'aB3x_-'.repeat(7))],
  ['authorization', 'Bearer abcdef0123456789abcdef'],
  ['password', 'postgres://user:hunter2pass@db/x'],
  ['e-mail', 'joe.doe+x@example.co.uk'],
  ['e-mail', 'mailto:jörg@müller.de'],
  ['e-mail', 'joe.doe@exam…'],
  ['e-mail', 'joe.doe@example.co…'],
  ['e-mail', 'joe.doe@…'],
  ['phone', '+49 30 1234567'],
  ['phone', '(555) 123-4567'],
  ['phone', '555-123-4567'],
  ['phone', '0171-2345678'],
  ['phone', '+1 (415) 555-2671'],
  ['IBAN', 'DE89 3704 0044 0532 0130 00'],
  ['IBAN', 'GB82WEST12345698765432'],
  ['card', '4111 1111 1111 1111'],
  ['key that was cut', 'sk-Ab3Cd5Ef7…'],
  ['card', '378282246310005'],
  ['SSN', '123-45-6789'],
  ['IP address', '192.168.1.20'],
  ['IP address', '2001:db8::ff00:42:8329'],
]

const kept: readonly string[] = [
  '4e1243bd22c66e76c2ba9eddc1f91394e57f9f83',
  'sha256:abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789',
  '550e8400-e29b-41d4-a716-446655440000',
  'refund-1-2-3',
  'case-20260101-0042',
  'openai/gpt-4.1-2025-04-14',
  '2026-11-21',
  '21.11.2026 12:00',
  '2026-11-21T13:20:08.123Z',
  '12:34:56',
  'v1.2.3.4',
  'version 10.0.0.1',
  '24.9.0',
  '3,000,000 requests and 3000000 more',
  '$1,234.56 and 1 000 000',
  '1732190408123',
  '123456789012',
  'p95 1200 ms (1100 to 1300)',
  '-0.5 (-1.2 to +0.3), +1,210 (+1,100 to +1,320)',
  'DE89370400440532013001',
  '4111 1111 1111 1112',
  '999.1.2.3',
  'std::string a::b',
  'risk-assessment-of-something-rather-long',
  'the desk-abcdefghijklmnopqrstuvwxyz-1',
  'Basic understanding of internationalization',
]

describe('redaction by form', () => {
  // A text without a sign of any is not searched: each shape must have been found once.
  test.each(SECRET_SHAPES.map((shape) => [shape.kind, shape.pattern] as const))(
    '%s is among the examples: %s',
    (_kind, pattern) => {
      expect(found.some(([, text]) => text.search(pattern) >= 0)).toBe(true)
    },
  )

  for (const [kind, secret] of found) {
    test(`${kind}: ${secret.slice(0, 12)}…`, async () => {
      const redact = await createRedactor(none)
      const text = redact(`before ${secret} after`)
      expect(text).toContain(`[redacted: ${kind}]`)
      expect(text).not.toContain(secret)
      expect(text).toMatch(/^before .* after$/s)
      expect(redact(text)).toBe(text)
    })
  }
  for (const text of kept) {
    test(`leaves ${text.slice(0, 40)}`, async () => {
      const redact = await createRedactor(none)
      expect(redact(text)).toBe(text)
      expect(redact(`(${text})`)).toBe(`(${text})`)
    })
  }
})

describe('keys of known shapes that were cut', () => {
  for (const key of [
    'sk-proj-Ab3Cd5Ef7Gh9Ij1Kl3',
    'ghp_Ab3Cd5Ef7Gh9Ij1Kl3',
    'AIzaAb3Cd5Ef7Gh9Ij1Kl3',
    'SG.Ab3Cd5Ef7Gh9Ij1Kl3',
  ])
    test(`${key.slice(0, 4)}: nothing of it is left before the mark of a cut`, async () => {
      const redact = await createRedactor(none)
      for (let length = 12; length < key.length; length += 1) {
        const text = redact(`found "my key is ${key.slice(0, length)}…" here`)
        expect(text).toMatch(/^found "my key is \[redacted: [a-z ]+\]…" here$/)
        expect(redact(text)).toBe(text)
      }
    })

  test('a word that goes on is none', async () => {
    const redact = await createRedactor(none)
    for (const text of ['task-scheduling…', 'sk-learn…', 'sk-learn-based models…', 'npm_config'])
      expect(redact(text)).toBe(text)
  })
})

describe('configured keys', () => {
  const secret = 'p@ss/word+"häuser"-42'

  test('in every form in which a server may echo them', async () => {
    const redact = await createRedactor({ secrets: [secret], patterns: [] })
    const bytes = Buffer.from(secret)
    const forms = [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret),
      bytes.toString('base64'),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      Buffer.from(`user:${secret}`).toString('base64'),
      Buffer.from(`a${secret}b`).toString('base64'),
      Buffer.from(`ab${secret}`).toString('base64'),
      [...secret].reverse().join(''),
    ]
    for (const form of forms) expect(redact(`x ${form} y`), form).toContain('[redacted: configured key]')
  })

  test('a key that holds another is found whole', async () => {
    const redact = await createRedactor({ secrets: ['abcdef', 'abcdef123456'], patterns: [] })
    expect(redact('abcdef123456')).toBe('[redacted: configured key]')
  })

  test('short or empty ones would blacken everything and are left out', async () => {
    const redact = await createRedactor({ secrets: ['', '  ', 'a', 'test'], patterns: [] })
    expect(redact('a test')).toBe('a test')
  })

  test('regular expression characters in a key are plain', async () => {
    const redact = await createRedactor({ secrets: ['a.*b(c)[d]'], patterns: [] })
    expect(redact('a.*b(c)[d] axxb')).toBe('[redacted: configured key] axxb')
  })
})

describe('patterns of the user', () => {
  test('are RE2 and replaced', async () => {
    const redact = await createRedactor({ secrets: [], patterns: ['ACME-\\d{6}'] })
    expect(redact('order ACME-123456, ACME-12')).toBe('order [redacted: pattern], ACME-12')
  })
  test('are found behind letters of two units, and beside what other shapes find', async () => {
    const redact = await createRedactor({ secrets: ['known-secret-1'], patterns: ['ACME-\\d{6}', 'id: .*'] })
    expect(redact('😀 ACME-123456 😀 joe@example.com')).toBe('😀 [redacted: pattern] 😀 [redacted: e-mail]')
    expect(redact('my id: known-secret-1 joe@example.com\nand')).toBe('my [redacted: pattern]\nand')
    expect(redact('known-secret-1ACME-123456')).toBe('[redacted: configured key][redacted: pattern]')
  })
  test('a pattern that does not compile is an error with its text', async () => {
    await expect(createRedactor({ secrets: [], patterns: ['(?=x)'] })).rejects.toThrow(UserError)
    await expect(createRedactor({ secrets: [], patterns: ['a('] })).rejects.toThrow(/"a\("/)
  })
  test('a pattern that matches the empty text is refused', async () => {
    await expect(createRedactor({ secrets: [], patterns: ['x*'] })).rejects.toThrow(/empty text/)
  })
  test('a catastrophic pattern takes bounded work', async () => {
    const redact = await createRedactor({ secrets: [], patterns: ['(a|a)*b'] })
    expect(redact('a'.repeat(50_000))).toHaveLength(50_000)
  })
})

test('long runs of any character take bounded work', async () => {
  const redact = await createRedactor({ secrets: ['abcdefgh'], patterns: [] })
  for (const unit of [
    'a',
    '1',
    'a.',
    '1-',
    'a@',
    'sk-',
    ':',
    '1 ',
    '-----BEGIN ',
    '0.',
    'x://',
    'eyJ',
    'AB12',
    'bearer ',
    '+1',
    'aws_secret',
    'abcdefg',
  ]) {
    expect(typeof redact(unit.repeat(Math.ceil(200_000 / unit.length)))).toBe('string')
  }
})

test('a text of nothing but secrets is one of nothing but marks', async () => {
  const redact = await createRedactor({ secrets: ['known-secret-1'], patterns: [] })
  const mails = redact('joe@example.com, '.repeat(200_000))
  expect(mails).toBe('[redacted: e-mail], '.repeat(200_000))
  expect(redact('known-secret-1 '.repeat(200_000))).toBe('[redacted: configured key] '.repeat(200_000))
})

describe('a whole report', () => {
  const mail = 'joe@example.com'
  const given = report({
    evalSets: [
      evalSet({
        flips: [flip(mail, { base: mail, head: `call ${mail}`, why: mail, input: mail, expected: mail })],
        prompts: { caseId: 'a', base: mail, head: null },
      }),
    ],
  })

  test('texts are redacted, ids and hashes are not', async () => {
    const redacted = redactReport(given, await createRedactor(none))
    const [shown] = redacted.evalSets[0]?.flips ?? []
    expect(shown).toMatchObject({
      caseId: mail,
      base: '[redacted: e-mail]',
      head: 'call [redacted: e-mail]',
      why: '[redacted: e-mail]',
      input: '[redacted: e-mail]',
    })
    expect(redacted.evalSets[0]?.prompts?.base).toBe('[redacted: e-mail]')
    expect(redacted.sides).toEqual(given.sides)
    expect(redacted.evalSets[0]?.hash).toBe(given.evalSets[0]?.hash)
  })

  test('the samples come back unchanged: they hold nothing personal', async () => {
    const redact = await createRedactor(none)
    for (const sample of Object.values(samples)) expect(redactReport(sample, redact)).toEqual(sample)
  })

  test('numbers-only leaves no text of a model anywhere', () => {
    const words = 'ZEBRA'
    const secretive = report({
      evalSets: [
        evalSet({
          flips: [flip('id-1', { base: words, head: words, why: words, input: words, expected: words })],
          prompts: { caseId: 'id-1', base: words, head: words },
          missing: [{ caseId: 'm', why: words }],
        }),
      ],
    })
    for (const text of [
      renderMarkdown(secretive, { outputs: 'numbers-only' }),
      ...[renderHtml, renderJunit, renderText].map((render) => render(numbersOnly(secretive))),
    ]) {
      expect(text).not.toContain(words)
    }
    expect(renderMarkdown(secretive, { outputs: 'numbers-only' })).toContain('id-1')
    expect(renderMarkdown(secretive, { outputs: 'show' })).toContain(words)
  })
})

test('a secret that comes up later is taken out from then on', async () => {
  const secrets = ['known-secret-1']
  const redact = await createRedactor({ secrets, patterns: [] })
  expect(redact('known-secret-1 later-secret-2')).toBe('[redacted: configured key] later-secret-2')
  secrets.push('later-secret-2')
  expect(redact('known-secret-1 later-secret-2')).toBe('[redacted: configured key] [redacted: configured key]')
})
