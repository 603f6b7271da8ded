import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['__tests__/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Most end-to-end tests wait for processes and servers: a third worker fills the gaps of two cores.
    maxWorkers: 3,
  },
})
