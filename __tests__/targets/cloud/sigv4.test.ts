// AWS's published test suite for Signature Version 4 (aws-signing-test-suite in awslabs/aws-c-auth): every vector that
// signs headers over a path without a query. Those that normalise paths or fold header lines do not apply to us.

import { describe, expect, it } from 'vitest'
import { encodeSegment, signatureHeaders } from '../../../src/targets/cloud/sigv4.ts'

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const SESSION =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='
const FORM = {
  'x-amz-content-sha256': '9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e',
  'content-length': '13',
}

type Vector = {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly token?: string
}
const VECTORS: readonly (readonly [string, Vector, string])[] = [
  ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['post-vanilla', { method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'get-space-unnormalized',
    { path: '/example space/' },
    '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741',
  ],
  ['get-utf8', { path: '/ሴ' }, '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
  [
    'get-unreserved',
    { path: '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz' },
    '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  ],
  ['get-slash-unnormalized', { path: '//' }, 'c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e'],
  [
    'get-slashes-unnormalized',
    { path: '//example//' },
    '87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5',
  ],
  [
    'get-slash-dot-slash-unnormalized',
    { path: '/./' },
    '68714168e6557f8f2de0ef956fc24dc2593a4bd2961f8df51898d8a134695145',
  ],
  [
    'get-slash-pointless-dot-unnormalized',
    { path: '/./example' },
    'beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff',
  ],
  [
    'get-relative-unnormalized',
    { path: '/example/..' },
    'eca7ead57bb5aa5c8e28007acd4ff04e1ff9a0ff3b237ec1554a184887ff9282',
  ],
  [
    'get-relative-relative-unnormalized',
    { path: '/example1/example2/../..' },
    'dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b',
  ],
  [
    'get-header-value-trim',
    { headers: { 'My-Header1': ' value1', 'My-Header2': ' "a   b   c"' } },
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  ],
  [
    'get-header-value-order',
    { headers: { 'My-Header1': 'value4,value1,value3,value2' } },
    '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01',
  ],
  [
    'post-header-key-sort',
    { method: 'POST', headers: { 'My-Header1': 'value1' } },
    'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  ],
  [
    'post-header-value-case',
    { method: 'POST', headers: { 'My-Header1': 'VALUE1' } },
    'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
  ],
  [
    'get-vanilla-with-session-token',
    { token: '6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267' },
    '07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8',
  ],
  [
    'post-sts-header-before',
    { method: 'POST', token: SESSION },
    '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  ],
  [
    'post-x-www-form-urlencoded',
    {
      method: 'POST',
      body: 'Param1=value1',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...FORM },
    },
    'd3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b',
  ],
  [
    'post-x-www-form-urlencoded-parameters',
    {
      method: 'POST',
      body: 'Param1=value1',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', ...FORM },
    },
    '328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422',
  ],
]

describe('Signature Version 4', () => {
  it.each(VECTORS)('%s', (_name, { method = 'GET', path = '/', headers = {}, body = '', token }, signature) => {
    const signed = signatureHeaders(
      { method, host: 'example.amazonaws.com', path, headers, body },
      {
        region: 'us-east-1',
        service: 'service',
        keys: { ...KEYS, ...(token === undefined ? {} : { sessionToken: token }) },
        atMs: Date.parse('2015-08-30T12:36:00Z'),
      },
    )
    expect(signed.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/service\/aws4_request, SignedHeaders=/,
    )
    expect(/Signature=(.*)$/.exec(signed.authorization ?? '')?.[1]).toBe(signature)
    expect(signed['x-amz-date']).toBe('20150830T123600Z')
    expect(signed['x-amz-security-token']).toBe(token)
  })

  it('a model id goes over the wire with nothing reserved in it', () => {
    expect(encodeSegment("arn:aws:bedrock:us-east-1:1:inference-profile/us.x-v1:0 !'()*")).toBe(
      'arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.x-v1%3A0%20%21%27%28%29%2A',
    )
  })
})
