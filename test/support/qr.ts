/** QR codes as a telephone reads them: from the drawing on a page, or from what a screen shows. */
import type { Page } from 'playwright-core'
import decode from 'qr/decode.js'

/** The text of the first code in a page that no browser draws. */
export function codeIn(body: string): string {
  const [svg] = /<svg[^>]*viewBox="0 0 \d+ \d+"[^>]*><rect[\s\S]*?<\/svg>/.exec(body) ?? []
  const side = Number(/viewBox="0 0 (\d+)/.exec(svg ?? '')?.[1])
  if (!svg || !side) throw new Error(`no code on the page: ${body.slice(0, 2_000)}`)
  const data = new Uint8Array(side * side * 4).fill(255)
  for (const [, left, top, size] of svg.matchAll(/M(\d+),(\d+)h(\d+)v\d+h-\d+z/g)) {
    for (let y = Number(top); y < Number(top) + Number(size); y++) {
      for (let x = Number(left); x < Number(left) + Number(size); x++)
        data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3)
    }
  }
  return read({ width: side, height: side, data })
}

/** The text of the code on a page, from a picture of the screen; `eye` is any page that may draw. */
export async function codeOnScreen(page: Page, eye: Page): Promise<string> {
  const picture = (await page.screenshot()).toString('base64')
  const { width, height, pixels } = (await eye.evaluate(`(async () => {
    const image = new Image()
    image.src = 'data:image/png;base64,${picture}'
    await image.decode()
    const { width, height } = image
    const context = new OffscreenCanvas(width, height).getContext('2d')
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, width, height)
    let pixels = ''
    for (let at = 0; at < data.length; at += 8192) pixels += String.fromCharCode(...data.subarray(at, at + 8192))
    return { width, height, pixels: btoa(pixels) }
  })()`)) as { width: number; height: number; pixels: string }
  return read({ width, height, data: Buffer.from(pixels, 'base64') })
}

/** As long as it takes: a machine under load is slower than a camera. */
const read = (image: { width: number; height: number; data: Uint8Array }) => decode(image, { timeLimit: 30_000 })
