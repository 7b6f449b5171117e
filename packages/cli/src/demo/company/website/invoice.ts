import { encodePdf } from './pdf.ts';

export interface InvoiceLine {
  readonly title: string;
  readonly quantity: number;
  /** cents */
  readonly unitPrice: number;
}

export interface Invoice {
  readonly number: string;
  /** ISO 8601 */
  readonly date: string;
  readonly customer: string;
  readonly lines: readonly InvoiceLine[];
}

export const formatMoney = (cents: number): string => `EUR ${(cents / 100).toFixed(2)}`;

/** An invoice as the shop hands it out: a PDF of one page. */
export function printInvoice(invoice: Invoice): Buffer {
  const total = invoice.lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0);
  return encodePdf([
    'The Sample Shop - household goods',
    '',
    `Invoice ${invoice.number}`,
    `Date ${invoice.date.slice(0, 10)}`,
    `Customer ${invoice.customer}`,
    '',
    ...invoice.lines.map((line) => `${line.quantity} x ${line.title}, ${formatMoney(line.unitPrice)} each`),
    '',
    `Total ${formatMoney(total)}, tax included. Thank you for your order.`,
  ]);
}
