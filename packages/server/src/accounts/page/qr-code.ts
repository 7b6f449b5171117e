import { html, raw } from 'hono/html';
import { drawQrCode } from '../second-factor/qr-drawing.ts';
import type { Html } from './layout.ts';

/** A QR code as an image within the page, dark on light in both colour schemes; it needs nothing but the page. */
export async function qrCode(text: string, label: string): Promise<Html> {
  const { path, side } = await drawQrCode(text);
  return html`<svg class="qr" role="img" aria-label="${label}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path d="${raw(path)}" fill="#000"/></svg>`;
}
