// Tests of the documents: everything in them that is derived from the source or from measurements is up to date.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A path from the root in backquotes, except in directories that git ignores. */
const ROOT_PATH =
  /`((?:app|backend|deploy|docs|domain|end2end(?!\/(?:node_modules|test-results))|frontend|public|scripts|server|style)\/[\w./-]+)`/g

/** Runs a command in the root and returns its output. If it fails, the test fails with that output. */
function run(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
  return stdout
}

test('the excerpts of the source in docs/ are up to date', () => {
  run('node', 'scripts/excerpts.mjs', '--check')
})

test('the figures in docs/cost.md are up to date', () => {
  run('node', 'deploy/cost.mjs', '--check')
})

test('each mutant applies, and docs/data-model.md lists it with its test', () => {
  run('server/tests/mutants/run.sh', 'check')
})

test('the files that the documents link to or name exist', () => {
  const missing = []
  const documents = run('git', 'ls-files', '--cached', '--others', '--exclude-standard', '*.md').trim().split('\n')
  for (const document of documents.filter((document) => existsSync(join(root, document)))) {
    const text = readFileSync(join(root, document), 'utf8')
    for (const [, target] of text.matchAll(/\]\((?!https?:|mailto:|#|\/)([^)#\s]+)[^)]*\)/g)) {
      if (!existsSync(join(root, dirname(document), target))) missing.push(`${document}: (${target})`)
    }
    for (const [, path] of text.matchAll(ROOT_PATH)) {
      if (!existsSync(join(root, path))) missing.push(`${document}: \`${path}\``)
    }
  }
  assert.deepEqual(missing, [])
})
