import { html, raw } from 'hono/html';
import type { Html } from './layout.ts';

/** Light modules around the code, as ISO/IEC 18004 asks for. */
const margin = 4;

/** A QR code as an image within the page, dark on light in both colour schemes; it needs nothing but the page. */
export async function qrCode(text: string, label: string): Promise<Html> {
  // Most pages have none.
  const { create } = await import('qrcode');
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const { size } = modules;
  let path = '';
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) if (modules.get(y, x)) path += `M${x + margin} ${y + margin}h1v1h-1z`;
  }
  const side = size + 2 * margin;
  return html`<svg class="qr" role="img" aria-label="${label}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path d="${raw(path)}" fill="#000"/></svg>`;
}
