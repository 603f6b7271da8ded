// Our own globs mean what the library for globs says of them.

import { describe, expect, it } from 'vitest'
import { globMatcher } from '../../src/config/globs.ts'
import { GLOBS } from '../../src/detect/files.ts'
import { ownGlobs } from '../../src/detect/own-globs.ts'

/** Every word that stands in a glob, as a folder, as a file and as a part of either. */
const WORDS = [...new Set(GLOBS.flatMap((glob) => glob.match(/[\w.-]*\w/g) ?? []))]
const PATHS = WORDS.flatMap((word) => [
  `${word}/x.py`,
  `a/${word}/b/y.md`,
  `src/my-${word}/z.ts`,
  `src/${word}_old/z.ts`,
  `src/demo/${word}.json`,
  `${word}.ts`,
  `${word}.md`,
  `lib/a_${word}.go`,
  `lib/a.${word}.ts`,
  `lib/${word}-b.yaml`,
  `lib/b.${word}.md`,
  `.github/${word}/x.md`,
  `a/.${word}/x.md`,
  `${word}/x.test.py`,
  `docs/${word}Guide.md`,
  `mock_${word}s.py`,
  `.${word}`,
  `templates/${word}`,
]).concat(
  'app/llm_list.py',
  'data/badwords.txt',
  'model-prices.json',
  'conf/app.yaml.example',
  'conf/terraform.tfvars.example',
  'a/.apprc',
  'a/env.ts',
  'a/.env',
  'a/env_sample',
  'x/myDockerfile',
  'web/blog/posts/x.ts',
  'web/content/blog/x.mdx',
  'var/logs/a/run.txt',
  'run/outputs/a/b.json',
  'design/x/y.md',
  'shop.postman_collection.json',
  '.github/workflows/test-x.yml',
  '.github/workflows/unit-tests.yml',
  'scripts/debug_x.py',
  'a/scripts/verify_x.py',
  'app/res/layout/x.xml',
  'app/res/values-de/x.xml',
  'src/testing/x.py',
  'app/res/layout-land/x.xml',
  'app/res/values/strings.xml',
  'runs/1/outputs/x.json',
  'app/res/values-de/strings.xml',
  'scripts/compare_models.py',
  'src/AcmeTestKit/x.cs',
)

describe('globs of our own', () => {
  it('match what the library matches', () => {
    expect(PATHS.length).toBeGreaterThan(2000)
    for (const glob of GLOBS) {
      const [own, library] = [ownGlobs([glob]), globMatcher([glob])]
      expect(PATHS.some(own), glob).toBe(true)
      // A file that has a folder's name lies in none: there the library takes the name alone, too.
      const name = glob.replace(/^\*\*\//, '').replace(/\/\*\*$/, '')
      const isFolder = globMatcher([`**/${name}`])
      const differing = PATHS.filter((path) => own(path) !== library(path) && !(glob.endsWith('/**') && isFolder(path)))
      expect(differing, glob).toEqual([])
    }
  })

  it('take special characters as they are', () => {
    const match = ownGlobs(['**/*{a,b}+(c)[0-9].x$'])
    expect(match('d/za+(c)7.x$')).toBe(true)
    for (const path of ['d/za+(c)7.xs', 'd/zac7.x$', 'd/zc+(c)7.x$', 'd/za+(c)x.x$']) expect(match(path)).toBe(false)
  })
})
