import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { ConfigError } from '../errors.ts';
import { requireSoundStructure, StructureFault } from './yaml-structure.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Says where in the file something stands; of what is not there, where its nearest parent does. */
export type Locate = (path: readonly PropertyKey[]) => Place;

export interface YamlText {
  readonly document: Document;
  /** Of a value. */
  readonly locate: Locate;
  /** Of the key itself. */
  readonly locateKey: Locate;
  /** The content as plain values; maps are `Map`s. */
  readonly value: unknown;
}

/** Ten thousand sources are about 2 MB. */
const longestText = 16 * 1024 * 1024;

/**
 * Reads YAML whose keys are texts; `file` is used in messages alone.
 * @throws ConfigError with line and column where it is damaged, or would be endless
 */
export function readYaml(text: string, file: string): YamlText {
  if (text.length > longestText) throw new ConfigError({ file }, 'it is longer than 16 MiB');
  const lines = new LineCounter();
  const position = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const advice =
    'Mend the file at that place; indentation is by spaces, and texts with ": " in them need quotes.';
  try {
    const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: false };
    const document = parseDocument(text, options);
    const [damage] = document.errors;
    if (damage !== undefined) {
      throw new ConfigError(position(damage.pos[0]), `this is not valid YAML: ${inWords(damage)}`, {
        cause: damage,
        advice,
      });
    }
    requireSoundStructure(document);
    const value: unknown = document.toJS({ mapAsMap: true, maxAliasCount: -1 });
    const offsets = new Offsets(document);
    return {
      document,
      value,
      locate: (path) => position(offsets.ofValue(path)),
      locateKey: (path) => position(offsets.ofKey(path) ?? offsets.ofValue(path)),
    };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof StructureFault) {
      const { offset, message, advice: how } = error;
      throw new ConfigError(position(offset), message, { cause: error, advice: how });
    }
    // Levels without end, which only a file that was made for it has.
    throw new ConfigError(position(0), `this cannot be read: ${inWords(error as Error)}`, {
      cause: error,
      advice,
    });
  }
}

function inWords({ message }: Error): string {
  if (/call stack/.test(message)) return 'it has too many levels';
  return /multiple documents/.test(message) ? 'it is several documents, and one is read' : message;
}

/** Maps become objects. */
export function plain(value: unknown): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, each]) => [String(key), plain(each)]));
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

/** Finds a place without going through the whole file for each: there may be one for each line. */
class Offsets {
  readonly #document: Document;
  readonly #items = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

  constructor(document: Document) {
    this.#document = document;
  }

  ofValue(path: readonly PropertyKey[]): number {
    const own = startOf(this.#node(path)) ?? this.ofKey(path);
    return own ?? (path.length === 0 ? 0 : this.ofValue(path.slice(0, -1)));
  }

  ofKey(path: readonly PropertyKey[]): number | undefined {
    const parent = this.#node(path.slice(0, -1));
    return isMap(parent) ? startOf(this.#pair(parent, path.at(-1))?.key) : undefined;
  }

  #node(path: readonly PropertyKey[]): unknown {
    let node: unknown = this.#document.contents;
    for (const step of path) {
      if (!isCollection(node)) return undefined;
      if (isMap(node)) node = this.#pair(node, step)?.value;
      else node = isSeq(node) ? node.items[Number(step)] : undefined;
    }
    return node;
  }

  #pair(map: YAMLMap, key: PropertyKey | undefined): Pair | undefined {
    let items = this.#items.get(map);
    if (items === undefined) {
      items = new Map(map.items.map((pair) => [isNode(pair.key) ? String(pair.key) : '', pair]));
      this.#items.set(map, items);
    }
    return items.get(String(key));
  }
}
