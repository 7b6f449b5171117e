import { Paper } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';

/** So many rows before the end of what was fetched the next page is asked for. */
const ahead = 100;

/**
 * A list of any length that scrolls by itself: of its rows, all `height` pixels high, those in sight are on the page, and
 * more are fetched before their end comes near. Each says which it is of how many, for who hears it.
 */
export function LongList<T>(list: {
  readonly name: string;
  readonly items: readonly T[];
  readonly height: number;
  readonly keyOf: (item: T) => string | number;
  readonly row: (item: T) => ReactNode;
  /** There are more than were fetched. */
  readonly more: boolean;
  readonly busy: boolean;
  readonly fetchMore: () => void;
}) {
  const { items, more, busy, fetchMore } = list;
  const frame = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: () => list.height,
    overscan: 12,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !busy && last >= items.length - ahead) fetchMore();
  }, [more, busy, last, items.length, fetchMore]);
  return (
    <Paper withBorder>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <section ref={frame} className="long" aria-label={list.name} tabIndex={0}>
        {/* biome-ignore lint/a11y/useSemanticElements: the rows are placed by their height */}
        <div role="list" aria-label={list.name} style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {shown.map(({ index, start }) => {
            const item = items[index];
            if (item === undefined) return null;
            return (
              // biome-ignore lint/a11y/useSemanticElements: as above
              <div
                key={list.keyOf(item)}
                role="listitem"
                className="long-row"
                aria-posinset={index + 1}
                aria-setsize={more ? -1 : items.length}
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
