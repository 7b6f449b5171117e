import { type Document, isMap, isNode, LineCounter, parseDocument, visit, type YAMLMap } from 'yaml';
import { ConfigError } from '../errors.ts';

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
/** A list may be written once and named by many, but no file grows without end when it is read. */
const mostAliases = 10_000;

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
  let endlessAt = 0;
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
    const [damage] = document.errors;
    if (damage !== undefined) {
      throw new ConfigError(position(damage.pos[0]), `this is not valid YAML: ${inWords(damage)}`, {
        cause: damage,
        advice,
      });
    }
    const aliases = aliasesOf(document);
    if (aliases.dangling !== undefined) {
      const { offset, name } = aliases.dangling;
      throw new ConfigError(
        position(offset),
        `the alias *${name} stands for nothing: no anchor &${name} before it`,
        {
          advice: 'Write the anchor where the content stands first, or the content itself.',
        },
      );
    }
    endlessAt = aliases.first;
    const value: unknown = document.toJS({ mapAsMap: true, maxAliasCount: mostAliases });
    return {
      document,
      value,
      locate: (path) => position(offsetOf(document, path)),
      locateKey: (path) => position(keyOffsetOf(document, path) ?? offsetOf(document, path)),
    };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    // Too many aliases, and levels without end, which only a file that was made for it has.
    throw new ConfigError(position(endlessAt), `this cannot be read: ${inWords(error as Error)}`, {
      cause: error,
      advice,
    });
  }
}

const inWords = ({ message }: Error): string =>
  /call stack/.test(message) ? 'it has too many levels' : message;

/** Where the first alias stands, and the first that has no anchor before it. */
function aliasesOf(document: Document): {
  first: number;
  dangling?: { offset: number; name: string };
} {
  const anchors = new Set<string>();
  let first: number | undefined;
  let dangling: { offset: number; name: string } | undefined;
  visit(document, {
    Alias: (_, { source, range }) => {
      const offset = range?.[0] ?? 0;
      first ??= offset;
      if (anchors.has(source)) return undefined;
      dangling = { offset, name: source };
      return visit.BREAK;
    },
    Value: (_, { anchor }) => {
      if (anchor !== undefined) anchors.add(anchor);
    },
  });
  return { first: first ?? 0, ...(dangling === undefined ? {} : { dangling }) };
}

/** Maps become objects. */
export function plain(value: unknown): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, each]) => [String(key), plain(each)]));
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  const value = path.length === 0 ? document.contents : document.getIn(path, true);
  const own = startOf(value) ?? keyOffsetOf(document, path);
  return own ?? (path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1)));
}

function keyOffsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  const parent = path.length <= 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const wanted = path.at(-1);
  for (const { key } of (parent as YAMLMap).items) {
    if (isNode(key) && String(key) === String(wanted)) return startOf(key);
  }
  return undefined;
}
