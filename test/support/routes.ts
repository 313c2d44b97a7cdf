/** `METHOD /path` of every route of a Fastify tree printed without common prefixes. HEAD goes with its GET. */
export function routesOf(tree: string): string[] {
  const path: string[] = []
  return tree
    .split('\n')
    .flatMap((line) => {
      const match = /^([│ ]*)[├└]── ([^(]*?)(?: \(([A-Z, ]+)\))?$/.exec(line)
      if (!match) return []
      const [, indent = '', part = '', methods = ''] = match
      const depth = indent.length / 4
      path.splice(depth, path.length, part)
      const full = path.slice(0, depth + 1).join('')
      return methods
        .split(', ')
        .filter((method) => method !== '' && method !== 'HEAD')
        .map((method) => `${method} ${full}`)
    })
    .sort()
}
