// Node's http and https by require: a namespace import of them reads every property, and one of those loads a whole second
// HTTP client (WebSocket), which takes longer than all other modules of Node that a start needs.

import type { Plugin } from 'esbuild'

const NAMESPACE = 'plain-http'

export const plainHttp: Plugin = {
  name: NAMESPACE,
  setup(build) {
    build.onResolve({ filter: /^(?:node:)?https?$/ }, ({ path, kind }) =>
      kind === 'require-call' ? null : { path: path.replace(/^(?:node:)?/, 'node:'), namespace: NAMESPACE },
    )
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }))
  },
}
