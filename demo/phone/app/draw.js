// Elements, made without markup: a text stays a text, whoever wrote it.

/** `h('button', { type: 'button', onclick }, 'text', element, …)`. What is undefined or false is left out. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
    else element.setAttribute(key, value === true ? '' : value)
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== false && child !== null))
  return element
}

/** A line of definitions: `[term, description]`; those without a description are left out. */
export function definitions(rows) {
  return h(
    'dl',
    {},
    ...rows.filter(([, value]) => value).map(([term, value]) => [h('dt', {}, term), h('dd', {}, value)]),
  )
}
