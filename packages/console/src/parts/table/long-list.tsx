import { Paper } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';

/** So many rows before the end of what was fetched the next page is asked for. */
const ahead = 100;

/** What was fetched so far: an array, or `Rows` where that would be copied too often. */
type ListItems<T> = { readonly at: (index: number) => T | undefined } & (
  | { readonly length: number }
  | { readonly count: number }
);

/**
 * A list of any length that scrolls by itself: of its rows, all `height` pixels high, those in sight are on the page, and
 * more are fetched before their end comes near. Each says which it is of how many, for who hears it.
 */
export function LongList<T>(list: {
  readonly name: string;
  readonly items: ListItems<T>;
  readonly height: number;
  readonly keyOf: (item: T) => string | number;
  readonly row: (item: T) => ReactNode;
  /** There are more than were fetched. */
  readonly more: boolean;
  readonly busy: boolean;
  readonly fetchMore: () => void;
}) {
  const { items, more, busy, fetchMore } = list;
  const count = 'count' in items ? items.count : items.length;
  const frame = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => list.height,
    overscan: 12,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !busy && last >= count - ahead) fetchMore();
  }, [more, busy, last, count, fetchMore]);
  return (
    <Paper withBorder>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <section ref={frame} className="long" aria-label={list.name} tabIndex={0}>
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
                aria-posinset={index + 1}
                aria-setsize={more ? -1 : count}
                style={{ height: list.height, transform: `translateY(${start}px)` }}
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
