/**
 * The one form of ZIP that an evidence archive has (APPNOTE.TXT 6.3.10): plain files, stored as they are, in one order, at
 * one date. What is not compressed cannot be a bomb, and the same files give the same bytes. Whatever reads as anything
 * but these bytes is refused: a second name, a path that climbs, something before, between or behind. Pure.
 */
import { crc32 } from 'node:zlib'

/** By name, in the order of the archive. */
export type Files = ReadonlyMap<string, Buffer>

export const zipFaults = {
  no_archive: 'It is no archive, was cut off, or has something behind its end.',
  compressed: 'A file in it is compressed or encrypted: an evidence archive has plain files only.',
  bad_name: 'The name of a file in it leads out of the archive, or has a character that none has.',
  twice: 'Two files in it have one name.',
  too_many: 'It has more files than an evidence archive can have.',
  other_form: 'It has parts that an evidence archive does not have, or that contradict each other.',
} as const
export type ZipFault = keyof typeof zipFaults

const signatures = { file: 0x04034b50, entry: 0x02014b50, end: 0x06054b50 } as const
const lengths = { file: 30, entry: 46, end: 22 } as const
/** "2.0": stored files in folders. */
const version = 20
/** The first day that there is in the format: 1 January 1980, 00:00. */
const [time, date] = [0, (1 << 5) | 1]
const mostFiles = 2_000

/** Small letters, digits, dots and dashes, in folders: the same name on every system. */
const isName = (name: string) => name.length <= 200 && /^[a-z\d][a-z\d._-]*(?:\/[a-z\d][a-z\d._-]*)*$/i.test(name)

/** Of one entry what stands before its file and in the directory alike, from the version on. */
function common(name: Buffer, content: Buffer): Buffer {
  const head = Buffer.alloc(26)
  head.writeUInt16LE(version, 0)
  head.writeUInt16LE(time, 6)
  head.writeUInt16LE(date, 8)
  head.writeUInt32LE(crc32(content), 10)
  head.writeUInt32LE(content.length, 14)
  head.writeUInt32LE(content.length, 18)
  head.writeUInt16LE(name.length, 22)
  return head
}

const word = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** @throws Error for a name that no archive has, or more than the format holds */
export function writeZip(files: Files): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of files) {
    if (!isName(name)) throw new Error(`no archive has a file of this name: ${name}`)
    const label = Buffer.from(name)
    const head = common(label, content)
    parts.push(word(signatures.file), head, label, content)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(word(signatures.entry), word(version).subarray(0, 2), head, place, label)
    offset += lengths.file + label.length + content.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.size, 4)
  end.writeUInt16LE(files.size, 6)
  end.writeUInt32LE(listed.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, listed, word(signatures.end), end])
}

export type ZipRead = { ok: true; files: Files } | { ok: false; fault: ZipFault; name?: string }

/** Nothing is unpacked: files are slices of the bytes given. */
export function readZip(bytes: Buffer): ZipRead {
  const end = bytes.length - lengths.end
  if (end < 0 || bytes.readUInt32LE(end) !== signatures.end) return { ok: false, fault: 'no_archive' }
  const count = bytes.readUInt16LE(end + 10)
  if (count > mostFiles) return { ok: false, fault: 'too_many' }
  const files = new Map<string, Buffer>()
  const known = new Set<string>()
  let at = bytes.readUInt32LE(end + 16)
  for (let index = 0; index < count; index++) {
    if (at + lengths.entry > end || bytes.readUInt32LE(at) !== signatures.entry)
      return { ok: false, fault: 'no_archive' }
    const [flags, method, size, label, offset] = [
      bytes.readUInt16LE(at + 8),
      bytes.readUInt16LE(at + 10),
      bytes.readUInt32LE(at + 24),
      bytes.readUInt16LE(at + 28),
      bytes.readUInt32LE(at + 42),
    ]
    const name = bytes.toString('latin1', at + lengths.entry, at + lengths.entry + label)
    if (!isName(name)) return { ok: false, fault: 'bad_name', name: JSON.stringify(name) }
    if (flags !== 0 || method !== 0) return { ok: false, fault: 'compressed', name }
    // Two names that differ in case are one file on some systems.
    if (known.has(name.toLowerCase())) return { ok: false, fault: 'twice', name }
    known.add(name.toLowerCase())
    const start = offset + lengths.file + label
    if (start + size > end) return { ok: false, fault: 'no_archive' }
    files.set(name, bytes.subarray(start, start + size))
    at += lengths.entry + label
  }
  // All else that a reader could take in two ways is a byte that is not here.
  return writeZip(files).equals(bytes) ? { ok: true, files } : { ok: false, fault: 'other_form' }
}
