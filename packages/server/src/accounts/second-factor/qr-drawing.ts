/** A QR code as lines of a drawing: what SVG calls a path, of its dark modules on a field of so many by so many. */
export interface QrDrawing {
  readonly side: number;
  readonly path: string;
}

/** Light modules around the code, as ISO/IEC 18004 asks for. */
const margin = 4;

export async function drawQrCode(text: string): Promise<QrDrawing> {
  // Few ask for one.
  const { create } = await import('qrcode');
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const { size } = modules;
  let path = '';
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) if (modules.get(y, x)) path += `M${x + margin} ${y + margin}h1v1h-1z`;
  }
  return { side: size + 2 * margin, path };
}
