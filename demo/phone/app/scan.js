// Reads a QR code from the camera or from a picture. Nothing of what is seen leaves the browser.
import { decodeQR } from '/qr/decode.js'

/** Enough for the size that a page shows a code in; a photograph of twelve megapixels is made smaller first. */
const widest = 1600

/** A camera frame comes again in a moment; a picture comes once. */
const patience = { frame: 40, picture: 2_000 }

/** The text of the code in a picture, or undefined. */
export async function readPicture(file) {
  const bitmap = await createImageBitmap(file).catch(() => undefined)
  if (!bitmap) return undefined
  const text = readPixels(bitmap, bitmap.width, bitmap.height, patience.picture)
  bitmap.close()
  return text
}

/** Resolves with the first code that the camera sees, or undefined when `signal` aborts. Throws when there is no camera. */
export async function readCamera(video, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false })
  const stop = () => {
    for (const track of stream.getTracks()) track.stop()
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  video.srcObject = stream
  await video.play().catch(() => {})
  try {
    while (!signal.aborted) {
      const { videoWidth: width, videoHeight: height } = video
      const text = width > 0 ? readPixels(video, width, height, patience.frame) : undefined
      if (text) return text
      await new Promise((done) => setTimeout(done, 150))
    }
  } finally {
    stop()
  }
}

function readPixels(source, width, height, timeLimit) {
  const scale = Math.min(1, widest / Math.max(width, height))
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) }
  const context = new OffscreenCanvas(size.width, size.height).getContext('2d', { willReadFrequently: true })
  // A picture may be transparent where the page behind it was white.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, size.width, size.height)
  context.drawImage(source, 0, 0, size.width, size.height)
  try {
    return decodeQR(context.getImageData(0, 0, size.width, size.height), { timeLimit })
  } catch {
    return undefined
  }
}
