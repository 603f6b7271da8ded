import { configDefaults, defineConfig } from 'vitest/config'

/** Suites that take minutes each: `npm run test:long` runs them. */
const LONG = '__tests__/**/*.long.test.ts'
const isLong = process.env.LONG_TESTS !== undefined

export default defineConfig({
  test: {
    include: [isLong ? LONG : '__tests__/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(isLong ? [] : [LONG])],
    // For what hangs. No test may fail because the machine is slow or busy: the longest takes a tenth of this on a calm one.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Nobody's own settings of git: the parts under test start it with the environment that they are given.
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    // Most end-to-end tests wait for processes, servers and clocks: two workers for each of two cores fill the gaps.
    maxWorkers: 4,
  },
})
