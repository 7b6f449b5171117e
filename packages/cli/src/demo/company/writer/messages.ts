import type { TillOptions } from './till.ts';

/** The first message to the writer's process: everything it needs to know. */
export interface StartMessage {
  readonly kind: 'start';
  readonly till: TillOptions;
  readonly journal: string;
  readonly website: string;
  readonly ordersPerSecond: number;
  /** One invoice for so many orders. */
  readonly ordersPerInvoice: number;
}

export interface StopMessage {
  readonly kind: 'stop';
}

/** What the writer tells about itself, after every order and whenever its state changes. */
export interface StateMessage {
  readonly kind: 'state';
  readonly orders: number;
  readonly invoices: number;
  /** Set while orders are refused. */
  readonly outSince?: string | undefined;
  /** The last outage that is over. */
  readonly lastOutage?: { readonly milliseconds: number; readonly endedAt: string } | undefined;
}
