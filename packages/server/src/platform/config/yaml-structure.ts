import { type Document, isAlias, isMap, isNode, isSeq, type YAMLMap } from 'yaml';

/** A list may be written once and named by many; all copies together may have so many values. */
const mostCopied = 200_000;

/** What a parser lets through, and nobody can use. */
export class StructureFault extends Error {
  readonly offset: number;
  readonly advice: string;

  constructor(offset: number, message: string, advice: string) {
    super(message);
    this.offset = offset;
    this.advice = advice;
  }
}

/**
 * No key stands twice in one map, and each alias can be replaced by what it names: a short file can name a long list so
 * often that reading it fills the memory, or name what the alias is part of, which has no end.
 * @throws StructureFault
 */
export function requireSoundStructure(document: Document): void {
  const sizes = new Map<string, number | 'open'>();
  let copied = 0;
  const sizeOf = (node: unknown): number => {
    if (!isNode(node)) return 0;
    const offset = node.range?.[0] ?? 0;
    if (isAlias(node)) {
      const size = sizes.get(node.source);
      if (size === undefined) throw dangling(offset, node.source);
      if (size === 'open') throw endless(offset, node.source);
      copied += size;
      if (copied > mostCopied) throw tooMuch(offset);
      return size;
    }
    if (node.anchor !== undefined) sizes.set(node.anchor, 'open');
    let size = 1;
    if (isMap(node)) {
      requireUniqueKeys(node);
      for (const { key, value } of node.items) size += sizeOf(key) + sizeOf(value);
    }
    if (isSeq(node)) for (const item of node.items) size += sizeOf(item);
    if (node.anchor !== undefined) sizes.set(node.anchor, size);
    return size;
  };
  sizeOf(document.contents);
}

/** The parser compares each with each, which takes long where there are many. */
function requireUniqueKeys({ items }: YAMLMap): void {
  const seen = new Set<string>();
  for (const { key } of items) {
    if (!isNode(key) || isAlias(key)) continue;
    const text = String(key);
    if (seen.has(text))
      throw new StructureFault(
        key.range?.[0] ?? 0,
        `"${text}" stands here twice: there is one already in the same place`,
        'Give one of them another name, or leave one out.',
      );
    seen.add(text);
  }
}

const dangling = (offset: number, name: string): StructureFault =>
  new StructureFault(
    offset,
    `the alias *${name} stands for nothing: no anchor &${name} before it`,
    'Write the anchor where the content stands first, or the content itself.',
  );

const endless = (offset: number, name: string): StructureFault =>
  new StructureFault(
    offset,
    `the alias *${name} stands for what it is part of, which has no end`,
    'Write out what is meant.',
  );

const tooMuch = (offset: number): StructureFault =>
  new StructureFault(
    offset,
    `with the copies that this alias makes there are more than ${mostCopied} copied values`,
    'Name shorter lists, or name them less often.',
  );
