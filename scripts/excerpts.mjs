// Updates the excerpts of the source in docs/. Each Rust block of a page follows a line that names its source,
//
//     <!-- source: backend/src/store/games.rs accept -->
//
// a file and one item in it (a function, struct, enum, constant …), or `Type::item` if the file has several items of
// that name. The script replaces each block by the whole item, without its doc comment and without indentation. With
// `--check` it changes nothing and fails if a page differs from the source.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const check = process.argv.slice(2).includes('--check')
const problems = []

/** Lists the Markdown files under a directory, as paths from the root. */
function pages(directory) {
  return readdirSync(root + directory, { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${directory}/${entry.name}`
      return entry.isDirectory() ? pages(path) : path.endsWith('.md') ? [path] : []
    })
    .sort()
}

/** Blanks out comments and literals, so that every remaining brace is part of the code. */
function blanked(source) {
  const LITERALS =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|\bb?r(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"|'(?:\\(?:u\{[^}]*\}|x..|.)|[^\\'\n])'/g
  return source.replace(LITERALS, (text) => text.replace(/[^\n]/g, ' '))
}

/** Returns the end of the item that begins at `from`: after its closing brace or its semicolon. */
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

/** Returns the type of the `impl`, or the trait, that contains the item in this line, if any. */
function ownerOf(lines, line) {
  const indent = indentOf(lines[line])
  for (let above = line - 1; above >= 0 && indent > 0; above -= 1) {
    const text = lines[above]
    if (text.trim() === '' || indentOf(text) >= indent) continue
    const found =
      /^\s*(?:unsafe\s+)?(?:impl\b(?:<.*?>)?\s+(?:.*\sfor\s+)?|(?:pub(?:\(.*?\))?\s+)?trait\s+)&?(\w+)/.exec(text)
    if (found) return found[1]
    if (/^\s*(?:pub(?:\(.*?\))?\s+)?(?:mod|fn)\b/.test(text)) return undefined
  }
  return undefined
}

/** Returns the text of the item of that name. */
function excerpt(file, name) {
  if (!existsSync(root + file)) throw new Error(`${file} does not exist`)
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
    const count = found.length === 0 ? 'no item' : `${found.length} items`
    throw new Error(`${file} has ${count} called ${name}${found.length > 1 ? ': write `Type::name`' : ''}`)
  }
  const [{ number, declared }] = found
  const offset = (line) => lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0)
  const closesWithBrace = declared[1] === 'fn' || /\b(struct|enum|trait)\b/.test(declared[0])
  const end = endOf(code, offset(number), closesWithBrace)
  let first = number
  // The excerpt includes the item's attributes.
  for (let begins = attributeBegins(lines, first - 1); begins < first; begins = attributeBegins(lines, first - 1))
    first = begins
  const indent = indentOf(lines[number])
  return source
    .slice(offset(first), end)
    .split('\n')
    .map((line) => (line.trim() === '' ? '' : line.slice(indent)))
    .join('\n')
}

/** Returns the first line of the attribute that ends in this line, or the line after it if there is no attribute. */
function attributeBegins(lines, last) {
  for (let first = last; first >= 0 && lines[last].trim().endsWith(']'); first -= 1) {
    if (!/^\s*#\[/.test(lines[first])) continue
    const text = lines
      .slice(first, last + 1)
      .join('\n')
      .trim()
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
        problems.push(`${page}:${at + 1}: add a \`\`\`rust block below "${lines[at]}"; it may be empty.`)
      continue
    }
    const close = lines.findIndex((line, number) => number > at && line.trim().startsWith(fence[2]))
    const end = close < 0 ? lines.length : close
    let content = lines.slice(at + 1, end)
    if (fence[3] === 'rust') {
      const marker = /^<!-- source: (\S+) (.+?) -->$/.exec(lines[at - 1] ?? '')
      if (!marker) {
        problems.push(
          `${page}:${at + 1}: this Rust block has no source; add a line such as "<!-- source: backend/src/store/games.rs accept -->" above it.`,
        )
      } else {
        try {
          const now = excerpt(marker[1], marker[2])
          if (now !== content.join('\n') && check)
            problems.push(`${page} has an outdated excerpt of ${marker[1]} ${marker[2]}: run \`make excerpts\`.`)
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
    console.log(`${page}: updated`)
  }
}

for (const problem of problems) console.error(`Error: ${problem}`)
if (problems.length > 0) process.exit(1)
