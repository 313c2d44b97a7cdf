/**
 * Is this SVG safe to serve from the hub's own origin? An allow-list, read by a strict scanner: what it does not know
 * is refused. No script, event handler, style sheet, animation, entity, or reference to anything outside the file.
 */

/** A provider page with eight logos weighs under 60 kB in all. */
const sizeLimit = 4 * 1024

const elements = new Set(
  `svg g defs title desc path rect circle ellipse line polyline polygon linearGradient radialGradient stop clipPath mask
  use symbol text tspan`.split(/\s+/),
)

const attributes = new Set(
  `id class xmlns version viewBox width height x y x1 y1 x2 y2 cx cy r rx ry fx fy d points transform opacity
  fill fill-rule fill-opacity stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity
  stroke-dasharray stroke-dashoffset color clip-path clip-rule mask offset stop-color stop-opacity gradientUnits
  gradientTransform spreadMethod clipPathUnits maskUnits maskContentUnits preserveAspectRatio href role aria-label
  aria-hidden focusable shape-rendering paint-order vector-effect font-family font-size font-weight
  text-anchor letter-spacing dominant-baseline`.split(/\s+/),
)

const svgNamespace = 'http://www.w3.org/2000/svg'

const tag = /<(\/?)([A-Za-z]+)((?:\s+[A-Za-z][\w:-]*\s*=\s*(?:"[^"<&]*"|'[^'<&]*'))*)\s*(\/?)>/y
const attribute = /([A-Za-z][\w:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
/** Text has no entity: the five of XML are not needed for a title, and others are how parsers are attacked. */
const text = /[^<&]+/y
const comment = /<!--(?:-?[^-])*-->/y

/** The end of a sentence, or undefined when the logo may be served. */
export function logoProblem(svg: string): string | undefined {
  if (Buffer.byteLength(svg) > sizeLimit) return `must weigh at most ${sizeLimit / 1024} kB`
  const open: string[] = []
  let roots = 0
  for (let at = 0; at < svg.length; ) {
    const step = scan(svg, at)
    if (!step) return 'must be a plain SVG: elements, attributes in quotes and comments only'
    at = step.end
    if (step.kind === 'text') {
      if (open.length === 0 && step.text.trim() !== '') return 'must hold nothing outside its <svg> element'
      continue
    }
    if (step.kind === 'comment') continue
    if (step.closing) {
      if (open.pop() !== step.name) return `closes <${step.name}> where it is not open`
      continue
    }
    if (open.length === 0) roots += 1
    const problem = elementProblem(step, open.length === 0)
    if (problem) return problem
    if (!step.empty) open.push(step.name)
  }
  if (open.length > 0) return `does not close <${open.at(-1)}>`
  return roots === 1 ? undefined : 'must be one <svg> element'
}

interface Tag {
  kind: 'tag'
  end: number
  name: string
  closing: boolean
  empty: boolean
  attributes: Map<string, string>
  repeated: boolean
}

function scan(
  svg: string,
  at: number,
): Tag | { kind: 'comment'; end: number } | { kind: 'text'; end: number; text: string } | undefined {
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(svg)
  }
  const words = match(text)
  if (words) return { kind: 'text', end: at + words[0].length, text: words[0] }
  const note = match(comment)
  if (note) return { kind: 'comment', end: at + note[0].length }
  const found = match(tag)
  if (!found) return undefined
  const [whole, closing = '', name = '', inner = '', empty = ''] = found
  const pairs = [...inner.matchAll(attribute)].map(([, key = '', a, b]) => [key, a ?? b ?? ''] as const)
  const known = new Map(pairs)
  if (closing && (pairs.length > 0 || empty)) return undefined
  return {
    kind: 'tag',
    end: at + whole.length,
    name,
    closing: closing !== '',
    empty: empty !== '',
    attributes: known,
    repeated: known.size !== pairs.length,
  }
}

function elementProblem(element: Tag, isRoot: boolean): string | undefined {
  if (!elements.has(element.name)) return `must not hold <${element.name}>`
  if (element.repeated) return `has an attribute twice on <${element.name}>`
  for (const [name, value] of element.attributes) {
    const problem = attributeProblem(name, value)
    if (problem) return problem
  }
  return isRoot ? rootProblem(element) : undefined
}

function attributeProblem(name: string, value: string): string | undefined {
  if (!attributes.has(name)) return `must not hold the attribute ${name}`
  if (name === 'xmlns') return value === svgNamespace ? undefined : `must have the namespace ${svgNamespace}`
  if (name === 'href' && !/^#[\w-]+$/.test(value)) return 'must refer only to its own parts (href="#…")'
  // `url()` is a reference too, and a backslash could spell it otherwise.
  if (/\\|url\(/i.test(value.replace(/^url\(#[\w-]+\)$/, ''))) return `must refer only to its own parts (${name})`
  return undefined
}

function rootProblem(root: Tag): string | undefined {
  if (root.name !== 'svg') return 'must be one <svg> element'
  if (root.attributes.get('xmlns') !== svgNamespace) return `must have the namespace ${svgNamespace}`
  const [, , width, height] = (root.attributes.get('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number)
  return width && height && width === height ? undefined : 'must be square: viewBox="0 0 n n"'
}
