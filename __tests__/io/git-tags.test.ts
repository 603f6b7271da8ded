import { describe, expect, it } from 'vitest'
import { createGit } from '../../src/io/git.ts'
import { git } from '../fakes/git.ts'
import { createRepository } from '../fakes/repository.ts'

describe('where releases are', () => {
  it('tags that lead up to a commit, newest first, with the commits that they stand for', async () => {
    await using repository = await createRepository({ files: { a: '1' } })
    const tag = (name: string, ...more: readonly string[]) => git(repository.bare, ['tag', ...more, name, 'main'])
    const one = await repository.sha('main')
    await tag('v1.0.0')
    const two = await repository.commit({ a: '2' }, 'Two (#7)', { branch: 'main' })
    await tag('v1.1.0', '-a', '-m', 'annotated')
    await tag('-rf'.replace('-', 'x')) // any name that git takes
    await repository.commit({ a: '3' }, 'Three', { branch: 'main' })
    await tag('v2.0.0')
    await git(repository.bare, ['tag', 'blob', await git(repository.bare, ['rev-parse', 'main:a'])])
    const here = createGit({ root: await repository.cloneFull('main') })
    const found = await here.tags(two)
    expect(found.map(({ name }) => name).sort()).toEqual(['v1.0.0', 'v1.1.0', 'xrf'])
    expect(Object.fromEntries(found.map(({ name, commit }) => [name, commit]))).toMatchObject({
      ...{ 'v1.0.0': one, 'v1.1.0': two },
    })
    expect(await here.tags('0'.repeat(40))).toEqual([])
    expect(await here.ancestry(two)).toEqual([two, one])
    expect(await here.ancestry('0'.repeat(40))).toEqual([])
    expect([await here.subject(two), await here.subject('0'.repeat(40))]).toEqual(['Two (#7)', null])
  })

  it('a shallow clone without tags has none', async () => {
    await using repository = await createRepository({ files: { a: '1' } })
    await git(repository.bare, ['tag', 'v1.0.0', 'main'])
    await repository.commit({ a: '2' }, 'Two', { branch: 'main' })
    const here = createGit({ root: await repository.cloneShallow(1, 'main') })
    expect(await here.tags(await repository.sha('main'))).toEqual([])
  })
})
