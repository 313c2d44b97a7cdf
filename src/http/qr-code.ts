/** A text as a picture that telephones read. */
import { renderSVG } from 'uqr'
import { danger_raw, type Html } from './html.ts'

/** The modules of the code as one drawing; nothing of the text that it holds stands in it. */
export function qrCode(text: string): Html {
  return danger_raw(renderSVG(text, { border: 2, ecc: 'M' }).replace('<svg ', '<svg aria-hidden="true" '))
}
