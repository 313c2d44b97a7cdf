/**
 * Is this SVG safe to serve from the hub's own origin? An allow-list, read by a strict scanner: what it does not know
 * is refused. No script, event handler, style sheet, animation, entity, or reference to anything outside the file.
 */
import { type Problem, problem } from './problems.ts'

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
const namespaceProblem = problem('logo_namespace', { namespace: svgNamespace })

const tag = /<(\/?)([A-Za-z]+)((?:\s+[A-Za-z][\w:-]*\s*=\s*(?:"[^"<&]*"|'[^'<&]*'))*)\s*(\/?)>/y
const attribute = /([A-Za-z][\w:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
/** Text has no entity: the five of XML are not needed for a title, and others are how parsers are attacked. */
const text = /[^<&]+/y
const comment = /<!--(?:-?[^-])*-->/y

/** Undefined when the logo may be served. */
export function logoProblem(svg: string): Problem | undefined {
  if (Buffer.byteLength(svg) > sizeLimit) return problem('logo_heavy', { most: sizeLimit / 1024 })
  const open: string[] = []
  let roots = 0
  for (let at = 0; at < svg.length; ) {
    const step = scan(svg, at)
    if (!step) return problem('logo_plain')
    at = step.end
    if (step.kind === 'text') {
      if (open.length === 0 && step.text.trim() !== '') return problem('logo_outside')
      continue
    }
    if (step.kind === 'comment') continue
    if (step.closing) {
      if (open.pop() !== step.name) return problem('logo_closes', { element: step.name })
      continue
    }
    if (open.length === 0) roots += 1
    const found = elementProblem(step, open.length === 0)
    if (found) return found
    if (!step.empty) open.push(step.name)
  }
  const last = open.at(-1)
  if (last !== undefined) return problem('logo_unclosed', { element: last })
  return roots === 1 ? undefined : problem('logo_root')
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

function elementProblem(element: Tag, isRoot: boolean): Problem | undefined {
  if (!elements.has(element.name)) return problem('logo_element', { element: element.name })
  if (element.repeated) return problem('logo_attribute_twice', { element: element.name })
  for (const [name, value] of element.attributes) {
    const found = attributeProblem(name, value)
    if (found) return found
  }
  return isRoot ? rootProblem(element) : undefined
}

function attributeProblem(name: string, value: string): Problem | undefined {
  if (!attributes.has(name)) return problem('logo_attribute', { attribute: name })
  if (name === 'xmlns') return value === svgNamespace ? undefined : namespaceProblem
  if (name === 'href' && !/^#[\w-]+$/.test(value)) return problem('logo_href')
  // `url()` is a reference too, and a backslash could spell it otherwise.
  const isSafe = !/\\|url\(/i.test(value.replace(/^url\(#[\w-]+\)$/, ''))
  return isSafe ? undefined : problem('logo_reference', { attribute: name })
}

function rootProblem(root: Tag): Problem | undefined {
  if (root.name !== 'svg') return problem('logo_root')
  if (root.attributes.get('xmlns') !== svgNamespace) return namespaceProblem
  const [, , width, height] = (root.attributes.get('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number)
  return width && height && width === height ? undefined : problem('logo_square')
}
