import { Paper } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useEffect, useRef } from 'react';
import { goByKeys } from './row-keys.ts';

/** So many rows before the end of what was fetched the next page is asked for. */
const ahead = 100;

/** What was fetched so far: an array, or `Rows` where that would be copied too often. */
type ListItems<T> = { readonly at: (index: number) => T | undefined } & (
  | { readonly length: number }
  | { readonly count: number }
);

/**
 * A list of any length that scrolls by itself: of its rows, each `height` pixels high, those in sight are on the page, and
 * more are fetched before their end comes near. Each says which it is of how many, for who hears it.
 */
export function LongList<T>(list: {
  readonly name: string;
  readonly items: ListItems<T>;
  /** A function of items whose array is made anew when one of them has another height. */
  readonly height: number | ((item: T) => number);
  /** By the arrows one goes from row to row, to what is `data-name` in each. */
  readonly byArrows?: boolean;
  readonly keyOf: (item: T) => string | number;
  readonly row: (item: T) => ReactNode;
  /** There are more than were fetched. */
  readonly more: boolean;
  readonly busy: boolean;
  readonly fetchMore: () => void;
}) {
  const { items, height, more, busy, fetchMore } = list;
  const count = 'count' in items ? items.count : items.length;
  const frame = useRef<HTMLElement>(null);
  const heightOf = (item: T | undefined): number =>
    typeof height === 'number' ? height : item === undefined ? 0 : height(item);
  // biome-ignore lint/correctness/useExhaustiveDependencies: where rows begin is reckoned anew when this is another function
  const getItemKey = useCallback((index: number) => index, [items]);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: (index) => heightOf(items.at(index)),
    getItemKey,
    overscan: 12,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !busy && last >= count - ahead) fetchMore();
  }, [more, busy, last, count, fetchMore]);
  return (
    <Paper withBorder>
      <section
        ref={frame}
        className="long"
        aria-label={list.name}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
        tabIndex={0}
        onKeyDown={list.byArrows === true ? (event) => goByKeys(event, count, rows.scrollToIndex) : undefined}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: the rows are placed by their height */}
        <div role="list" aria-label={list.name} style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {shown.map(({ index, start }) => {
            const item = items.at(index);
            if (item === undefined) return null;
            return (
              // biome-ignore lint/a11y/useSemanticElements: as above
              <div
                key={list.keyOf(item)}
                role="listitem"
                className="long-row"
                data-row={index}
                aria-posinset={index + 1}
                aria-setsize={more ? -1 : count}
                style={{ height: heightOf(item), transform: `translateY(${start}px)` }}
              >
                {list.row(item)}
              </div>
            );
          })}
        </div>
      </section>
    </Paper>
  );
}
