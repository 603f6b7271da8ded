// Loaded on demand. Static names here, since a bundler gives a dynamic import of CommonJS only its default export.

export { Ajv } from 'ajv'
export { Ajv2020 } from 'ajv/dist/2020.js'
