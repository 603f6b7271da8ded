// What a commit moves between files is no change; what it changes on the way is one.

import { describe, expect, it } from 'vitest'
import { detected, type Versions } from './changes.ts'

const told = async (versions: Versions) =>
  (await detected(versions)).changes.map(
    ({ kind, path, from = '-', to = '-', symbol = '' }) =>
      `${path}: ${kind === 'prompt' ? `prompt ${symbol}` : `${kind} ${from}>${to}`}`,
  )

describe('a name for a model', () => {
  const models = "SMALL_MODEL = 'gpt-4o-mini'\nLARGE_MODEL = 'gpt-4.1'\n"

  it.each([
    [
      'a constant of another module (Python)',
      {
        'app/models.py': [models, models],
        'app/ask.py': pair('from .models import SMALL_MODEL, LARGE_MODEL\nask(model=', ')\n'),
      },
    ],
    [
      'a constant under another name (Python)',
      {
        'app/models.py': [models, models],
        'app/ask.py': [
          'from app.models import SMALL_MODEL as FAST\nask(model=FAST, q=1)\n',
          'from app.models import LARGE_MODEL as FAST\nask(model=FAST, q=1)\n',
        ],
      },
    ],
  ] as const)('%s stands for its id', async (name, versions) => {
    // An alias that stays the same says nothing in its own line: the import does.
    expect(await told(versions as unknown as Versions)).toEqual(
      name.includes('another name') ? [] : ['app/ask.py: model gpt-4o-mini>gpt-4.1'],
    )
  })

  it('is followed over modules that pass it on, and into enumerations and functions', async () => {
    const through = {
      'src/ids.ts': same("export enum Ids { Small = 'gpt-4o-mini', Large = 'gpt-4.1' }\n"),
      'src/index.ts': same("export { Ids } from './ids'\n"),
      'src/ask.ts': [
        "import { Ids } from './index'\nexport const ask = (q: string) => client.create({ model: Ids.Small, q })\n",
        "import { Ids } from './index'\nexport const ask = (q: string) => client.create({ model: Ids.Large, q })\n",
      ],
    } as const
    expect(await told(through)).toEqual(['src/ask.ts: model gpt-4o-mini>gpt-4.1'])
    const functions = {
      'models.py': same(
        "def get_gpt4_mini():\n    return Chat(model='gpt-4o-mini')\n\ndef get_claude_haiku():\n    return Chat(model='claude-3-haiku-20240307')\n",
      ),
      'main.py': [
        'import models\n\ndef run():\n    chat_llm = models.get_gpt4_mini()\n',
        'import models\n\ndef run():\n    chat_llm = models.get_claude_haiku()\n',
      ],
    } as const
    expect(await told(functions)).toEqual(['main.py: model gpt-4o-mini>claude-3-haiku-20240307'])
  })

  it('in the place of the id itself is no change', async () => {
    const versions = {
      'config.py': [null, "DEFAULT_MODEL = 'gpt-4o'\n"],
      'main.py': ["ask(model='gpt-4o', q=1)\n", 'from config import DEFAULT_MODEL\nask(model=DEFAULT_MODEL, q=1)\n'],
    } as const
    expect(await told(versions)).toEqual([])
  })

  it('in circles, without an end or with two meanings stays a name', async () => {
    const circle = {
      'a.py': same('from b import NAME_MODEL\n'),
      'b.py': same('from a import NAME_MODEL\n'),
      'main.py': [
        'from a import NAME_MODEL\nask(model="gpt-4o", q=1)\n',
        'from a import NAME_MODEL\nask(model=NAME_MODEL, q=1)\n',
      ],
    } as const
    expect(await told(circle)).toEqual(['main.py: model gpt-4o>-'])
    const twice = {
      'c.py': same("if x:\n    SOME_MODEL = 'gpt-4o'\nelse:\n    SOME_MODEL = 'gpt-4.1'\n"),
      'main.py': [
        'from c import SOME_MODEL\nask(model="o3-mini", q=1)\n',
        'from c import SOME_MODEL\nask(model=SOME_MODEL, q=1)\n',
      ],
    } as const
    expect(await told(twice)).toEqual(['main.py: model o3-mini>-'])
  })
})

describe('between files', () => {
  it('a pin under the same name became what it is there', async () => {
    const versions = {
      'search.py': [
        "DOCUMENT_MODEL = 'multi-qa-MiniLM-L6-cos-v1'\nANSWER_MODEL = 'gpt-4o'\n",
        "ANSWER_MODEL = 'gpt-4o'\n",
      ],
      'configs.py': ['X = 1\n', "X = 1\nDOCUMENT_MODEL = 'all-distilroberta-v1'\nJUDGE_MODEL = 'gpt-4.1'\n"],
    } as const
    expect(await told(versions)).toEqual([
      'configs.py: model ->gpt-4.1',
      'configs.py: model multi-qa-MiniLM-L6-cos-v1>all-distilroberta-v1',
    ])
  })

  it('what an example now says too, under the same name, is known', async () => {
    const versions = {
      '.env.example': ['KEY=\n', 'KEY=\nEMBEDDING_MODEL=text-embedding-3-large\n'],
      'app.py': [
        "EMBEDDING_MODEL = 'text-embedding-3-large'\n",
        "EMBEDDING_MODEL = os.environ.get('EMBEDDING_MODEL', 'text-embedding-3-large')\n",
      ],
    } as const
    expect(await told(versions)).toEqual([])
  })

  it('parameters of infrastructure that repeat its defaults are known', async () => {
    const versions = {
      'infra/main.bicep': [
        "param modelName string = 'gpt-4o'\n",
        "param modelName string = 'gpt-4o'\nparam x string\n",
      ],
      'infra/main.bicepparam': [
        null,
        "using './main.bicep'\nparam gptModelName = readEnvironmentVariable('M', 'gpt-4o')\n",
      ],
    } as const
    expect(await told(versions)).toEqual([])
  })

  it('a short prompt in a script without blanks has moved as well', async () => {
    const asked = (text: string) => `m = [{"role": "system", "content": ${text}}]\n`
    const texts = (text: string) => `{"greet": "${text}"}\n`
    expect(
      await told({
        'app.py': [asked('"先问候客人再回答问题"'), asked('TEXTS["greet"]')],
        'texts.json': [texts('x'), texts('先问候客人再回答问题')],
      }),
    ).toEqual([])
    expect(
      await told({
        'app.py': [asked('"先问候客人再回答问题"'), asked('TEXTS["greet"]')],
        'texts.json': [texts('x'), texts('先感谢客人再回答问题')],
      }),
    ).toEqual(['app.py: prompt m[].content'])
  })

  it('a prompt that a page says now, word for word, has moved', async () => {
    const prompt = 'You are a clerk who helps with orders.'
    const page = (text: string) => `<html><script>ask([{ role: "system", text: "${text}" }])</script></html>\n`
    const server = (text: string) => `client.create(messages=[{"role": "system", "content": "${text}"}])\n`
    expect(await told({ 'app.py': [server(prompt), 'ask()\n'], 'page.html': [page('x'), page(prompt)] })).toEqual([])
    expect(await told({ 'app.py': [server(prompt), 'ask()\n'], 'page.html': [page('x'), page('y')] })).toEqual([
      'app.py: prompt messages[].content',
    ])
    // A copy that was there before does not say where this one went.
    expect(
      await told({ 'app.py': [server(prompt), 'ask()\n'], 'page.html': [page(prompt), page(`${prompt} `)] }),
    ).toEqual(['app.py: prompt messages[].content'])
  })

  it('an id that a script no longer says has moved; one that it still says has not', async () => {
    const versions = (after: string) =>
      ({
        'deploy.ps1': ["$model = 'gpt-4o'\n", after],
        'config.json': ['{}\n', '{ "chat_model": "gpt-4o" }\n'],
      }) as const
    expect(await told(versions('exit 0\n'))).toEqual([])
    expect(await told(versions("$model = 'gpt-4o' # default\n"))).toEqual(['config.json: model ->gpt-4o'])
  })

  it('what is too large to be searched does not say that something moved', async () => {
    const small = "$model = 'gpt-4o'\n"
    const versions = {
      'deploy.ps1': [small, `${small}${'#'.repeat(600_000)}`],
      'config.json': ['{}\n', '{ "chat_model": "gpt-4o" }\n'],
    } as const
    expect(await told(versions)).toEqual(['config.json: model ->gpt-4o'])
  })

  it('several that left and several that came are paired by how they begin', async () => {
    const versions = {
      'old.py': ["a = Chat(model='claude-3-5-sonnet-20240620')\nb = Chat(model='gpt-4o')\n", 'pass\n'],
      'new.py': ['pass\n', "c = Ask(model='gpt-4o-mini')\nd = Ask(model='claude-3-5-sonnet-latest')\n"],
    } as const
    expect(await told(versions)).toEqual([
      'new.py: model claude-3-5-sonnet-20240620>claude-3-5-sonnet-latest',
      'new.py: model gpt-4o>gpt-4o-mini',
    ])
  })

  it('of several that came, the one that the old one begins is what it became', async () => {
    const versions = {
      'old.py': ["llm = Chat(model='gpt-4-turbo-preview')\n", 'pass\n'],
      'new.py': ['pass\n', "a = Ask(model='gpt-4-turbo')\nb = Ask(model='gpt-4o')\n"],
    } as const
    expect((await told(versions)).sort()).toEqual([
      'new.py: model ->gpt-4o',
      'new.py: model gpt-4-turbo-preview>gpt-4-turbo',
    ])
  })

  it('an id is not said by a longer one', async () => {
    const versions = {
      'ask.mjs': ["ask({ model: 'claude-2' })\n", 'ask({ model: config.model })\n'],
      'names.mjs': ['export const names = []\n', "export const names = ['claude-2.0', 'claude-2.1']\n"],
    } as const
    expect(await told(versions)).toEqual(['ask.mjs: model claude-2>-'])
  })

  it('a version is not paired with an id', async () => {
    const versions = {
      '.env': ['CHAT_MODEL=gpt-35-turbo-16k\n', 'X=1\n'],
      'infra.json': ['{}\n', '{ "model": { "name": "gpt-4o", "version": "2024-05-13" } }\n'],
    } as const
    expect(await told(versions)).toEqual([
      'infra.json: model ->2024-05-13',
      'infra.json: model gpt-35-turbo-16k>gpt-4o',
    ])
  })
})

function same(text: string): readonly [string, string] {
  return [text, text]
}

function pair(before: string, after: string): readonly [string, string] {
  return [`${before}SMALL_MODEL${after}`, `${before}LARGE_MODEL${after}`]
}
