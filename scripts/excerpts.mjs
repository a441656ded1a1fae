// The excerpts of the source in docs: each Rust block of a page stands under a line that says where it comes from,
//
//     <!-- source: app/src/ssr/store/games.rs accept -->
//
// a file and one item of it (a function, struct, enum, constant …), or `Type::item` where the file has several of
// that name. This puts the items into the pages as the source has them now: whole, without the doc comments above them,
// and not indented. With `--check` it changes nothing, and fails where a page says something else.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const check = process.argv.slice(2).includes('--check')
const problems = []
const RUN = 'run `make excerpts`'

/** All Markdown files under a directory, as paths from the root. */
function pages(directory) {
  return readdirSync(root + directory, { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${directory}/${entry.name}`
      return entry.isDirectory() ? pages(path) : path.endsWith('.md') ? [path] : []
    })
    .sort()
}

/** The source with what is in comments and literals blanked out, so that every brace left is one. */
function blanked(source) {
  const LITERALS =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|\bb?r(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"|'(?:\\(?:u\{[^}]*\}|x..|.)|[^\\'\n])'/g
  return source.replace(LITERALS, (text) => text.replace(/[^\n]/g, ' '))
}

/** Where the item that begins at `from` ends: behind its closing brace, or behind its semicolon. */
function endOf(code, from, closesWithBrace) {
  let depth = 0
  for (let at = from; at < code.length; at += 1) {
    if ('([{'.includes(code[at])) depth += 1
    if (')]}'.includes(code[at])) {
      depth -= 1
      if (depth === 0 && code[at] === '}' && closesWithBrace) return at + 1
    }
    if (depth === 0 && code[at] === ';') return at + 1
  }
  return code.length
}

const indentOf = (line) => /^ */.exec(line)[0].length

/** The type of the `impl` (or the trait) that the item in this line belongs to, if any. */
function ownerOf(lines, line) {
  const indent = indentOf(lines[line])
  for (let above = line - 1; above >= 0 && indent > 0; above -= 1) {
    const text = lines[above]
    if (text.trim() === '' || indentOf(text) >= indent) continue
    const found = /^\s*(?:unsafe\s+)?(?:impl\b(?:<.*?>)?\s+(?:.*\sfor\s+)?|(?:pub(?:\(.*?\))?\s+)?trait\s+)&?(\w+)/.exec(text)
    if (found) return found[1]
    if (/^\s*(?:pub(?:\(.*?\))?\s+)?(?:mod|fn)\b/.test(text)) return undefined
  }
  return undefined
}

/** The text of the item of that name. */
function excerpt(file, name) {
  if (!existsSync(root + file)) throw new Error(`there is no ${file}`)
  const source = readFileSync(root + file, 'utf8')
  const code = blanked(source)
  const lines = code.split('\n')
  const [, owner, item] = /^(?:impl\s+)?(?:(\w+)::)?(\w+)$/.exec(name) ?? []
  if (!item) throw new Error(`"${name}" is not the name of an item`)
  const declares = new RegExp(
    `^\\s*(?:pub(?:\\([^)]*\\))?\\s+)?(?:(?:(?:const|async|unsafe|extern)\\s+)*(fn)|struct|enum|trait|const|static|type)\\s+${item}\\b`,
  )
  const found = lines.flatMap((line, number) => {
    const declared = declares.exec(line)
    return declared && (!owner || ownerOf(lines, number) === owner) ? [{ number, declared }] : []
  })
  if (found.length !== 1) {
    const so = found.length === 0 ? 'has no' : `has ${found.length} items called`
    throw new Error(`${file} ${so} ${name}${found.length > 1 ? ': say which as `Type::name`' : ''}`)
  }
  const [{ number, declared }] = found
  const offset = (line) => lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0)
  const closesWithBrace = declared[1] === 'fn' || /\b(struct|enum|trait)\b/.test(declared[0])
  const end = endOf(code, offset(number), closesWithBrace)
  let first = number
  // Attributes belong to the item.
  for (let begins = attributeBegins(lines, first - 1); begins < first; begins = attributeBegins(lines, first - 1))
    first = begins
  const indent = indentOf(lines[number])
  return source
    .slice(offset(first), end)
    .split('\n')
    .map((line) => (line.trim() === '' ? '' : line.slice(indent)))
    .join('\n')
}

/** The first line of the attribute that ends in this line; the line after it if none does. */
function attributeBegins(lines, last) {
  for (let first = last; first >= 0 && lines[last].trim().endsWith(']'); first -= 1) {
    if (!/^\s*#\[/.test(lines[first])) continue
    const text = lines.slice(first, last + 1).join('\n').trim()
    return text.endsWith(']') && endOf(`${text};`, 0, false) === text.length + 1 ? first : last + 1
  }
  return last + 1
}

for (const page of pages('docs')) {
  const before = readFileSync(root + page, 'utf8')
  const lines = before.split('\n')
  const after = []
  for (let at = 0; at < lines.length; at += 1) {
    after.push(lines[at])
    const fence = /^(\s*)(`{3,}|~{3,})\s*(\w*)/.exec(lines[at])
    if (!fence) {
      if (/^<!-- source: /.test(lines[at]) && !/^```rust\s*$/.test(lines[at + 1] ?? ''))
        problems.push(`${page}:${at + 1}: under "${lines[at]}" a \`\`\`rust block has to follow, if only an empty one.`)
      continue
    }
    const close = lines.findIndex((line, number) => number > at && line.trim().startsWith(fence[2]))
    const end = close < 0 ? lines.length : close
    let content = lines.slice(at + 1, end)
    if (fence[3] === 'rust') {
      const marker = /^<!-- source: (\S+) (.+?) -->$/.exec(lines[at - 1] ?? '')
      if (!marker) {
        problems.push(`${page}:${at + 1}: this Rust block says nowhere what it is an excerpt of; put a line such as "<!-- source: app/src/ssr/store/games.rs accept -->" above it.`)
      } else {
        try {
          const now = excerpt(marker[1], marker[2])
          if (now !== content.join('\n') && check)
            problems.push(`${page} shows ${marker[1]} ${marker[2]} as it no longer is: ${RUN}.`)
          content = now.split('\n')
        } catch (error) {
          problems.push(`${page}:${at}: ${error.message}; correct the line above the excerpt.`)
        }
      }
    }
    after.push(...content, ...(close < 0 ? [] : [lines[close]]))
    at = end
  }
  const text = after.join('\n')
  if (text !== before && !check && problems.length === 0) {
    writeFileSync(root + page, text)
    console.log(`${page}: its excerpts are the source's again.`)
  }
}

for (const problem of problems) console.error(`Error: ${problem}`)
if (problems.length > 0) process.exit(1)
