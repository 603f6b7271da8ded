#!/usr/bin/env node
'use strict'
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error('Prompt Parity needs Node 20 or later; this is ' + process.version + '.')
  process.exit(2)
}
require('./lib/start-cli.cjs')
