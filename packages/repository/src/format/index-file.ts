/**
 * Index files (restic design, "Indexing"): `{"packs":[{"id","blobs":[{"id","type","offset","length","uncompressed_length"?}]}]}`.
 * Unknown fields, `supersedes` among them, are passed over as restic does since 0.17.
 * Both directions work in pieces: no whole document as a string or as objects.
 */
import { FormatError } from '../errors.ts';
import type { BlobType } from './blob.ts';
import { JsonReader } from './json/json-reader.ts';
import type { PackedBlobs } from './packed-blob-list.ts';
import { SEAL_OVERHEAD } from './sealing/crypto.ts';
import { UsualBlob } from './usual-blob.ts';

export interface IndexedPack {
  /** 32 bytes */
  readonly id: Uint8Array;
  readonly blobs: PackedBlobs;
}

export interface IndexVisitor {
  /** A pack begins. `id` is used again for the next one: copy what must last. */
  pack(id: Uint8Array): void;
  /** A blob of that pack. `id` is used again for the next one. */
  blob(type: BlobType, id: Uint8Array, offset: number, length: number, uncompressedLength: number): void;
}

const WORDS = ['id', 'type', 'offset', 'length', 'uncompressed_length', 'blobs', 'data', 'tree', 'packs'];
const PIECE = 256 * 1024;

/** The document in pieces of about 256 KiB, with the newline that restic's encoder writes. */
export function* encodeIndex(packs: Iterable<IndexedPack>): Generator<Buffer> {
  let piece = '{"packs":[';
  let between = '';
  for (const pack of packs) {
    piece += `${between}{"id":"${Buffer.from(pack.id).toString('hex')}","blobs":[`;
    between = ',';
    let comma = '';
    for (const blob of pack.blobs) {
      const plain = blob.uncompressedLength === 0 ? '' : `,"uncompressed_length":${blob.uncompressedLength}`;
      piece += `${comma}{"id":"${blob.id.toString('hex')}","type":"${blob.type}","offset":${blob.offset},"length":${blob.length}${plain}}`;
      comma = ',';
      if (piece.length >= PIECE) {
        yield Buffer.from(piece, 'latin1');
        piece = '';
      }
    }
    piece += ']}';
  }
  yield Buffer.from(`${piece}]}\n`, 'latin1');
}

/** Throws `FormatError` when the document is damaged; what was visited before must then be thrown away. */
export function decodeIndex(json: Buffer, visitor: IndexVisitor): void {
  const reader = new JsonReader(json, WORDS);
  // Format version 1 began as a bare list of packs.
  if (json[0] === 0x5b) {
    readPacks(reader, visitor);
  } else if (reader.beginObject()) {
    for (let key = reader.key(true); key !== undefined; key = reader.key(false)) {
      if (key === 'packs') readPacks(reader, visitor);
      else reader.skip();
    }
  }
  reader.end();
}

function readPacks(reader: JsonReader, visitor: IndexVisitor): void {
  if (!reader.beginList()) return;
  const id = new Uint8Array(32);
  for (let first = true; reader.item(first); first = false) {
    if (!reader.beginObject()) throw new FormatError('a pack is null');
    let named = false;
    let postponed: number | undefined;
    for (let key = reader.key(true); key !== undefined; key = reader.key(false)) {
      if (key === 'id') {
        reader.id(id);
        visitor.pack(id);
        named = true;
      } else if (key !== 'blobs') {
        reader.skip();
      } else if (named) {
        readBlobs(reader, visitor);
      } else {
        // Nobody promises that the id stands first.
        postponed = reader.position;
        reader.skip();
      }
    }
    if (!named) throw new FormatError('a pack has no id');
    if (postponed === undefined) continue;
    const behind = reader.position;
    reader.seek(postponed);
    readBlobs(reader, visitor);
    reader.seek(behind);
  }
}

function readBlobs(reader: JsonReader, visitor: IndexVisitor): void {
  if (!reader.beginList()) return;
  const id = new Uint8Array(32);
  const usual = new UsualBlob(reader.bytes);
  for (let first = true; reader.item(first); first = false) {
    if (usual.read(reader.position)) {
      const { type, offset, length, uncompressedLength } = usual;
      assertPlace(offset, length);
      visitor.blob(type, usual.id, offset, length, uncompressedLength);
      reader.seek(usual.end);
      continue;
    }
    if (!reader.beginObject()) throw new FormatError('a blob is null');
    let type: BlobType | undefined;
    let named = false;
    let [offset, length, uncompressedLength] = [0, -1, 0];
    for (let key = reader.key(true); key !== undefined; key = reader.key(false)) {
      if (key === 'id') {
        reader.id(id);
        named = true;
      } else if (key === 'type') type = blobType(reader.text());
      else if (key === 'offset') offset = reader.uint32();
      else if (key === 'length') length = reader.uint32();
      else if (key === 'uncompressed_length') uncompressedLength = reader.uint32();
      else reader.skip();
    }
    if (!named || type === undefined || length === -1)
      throw new FormatError('a blob has no id, type or length');
    assertPlace(offset, length);
    visitor.blob(type, id, offset, length, uncompressedLength);
  }
}

function assertPlace(offset: number, length: number): void {
  if (length < SEAL_OVERHEAD || offset + length > 0xffffffff)
    throw new FormatError(`a blob cannot have ${length} bytes at ${offset}`);
}

function blobType(text: string): BlobType {
  if (text === 'data' || text === 'tree') return text;
  throw new FormatError(`the blob type ${JSON.stringify(text)} is not known`);
}
