/** Every form in which a secret might get into a file: as it is, in hex, in UTF-16, and in base64 wherever it begins. */
export function canaryForms(canary: string): Buffer[] {
  const base64 = ['', 'x', 'xy'].map((before) => {
    const text = Buffer.from(before + canary).toString('base64');
    // Without the characters that depend on what stands before and after it.
    return text.slice(
      before.length === 0 ? 0 : 4,
      Math.floor(((before.length + canary.length) * 4) / 3 / 4) * 4,
    );
  });
  return [
    Buffer.from(canary),
    Buffer.from(Buffer.from(canary).toString('hex')),
    Buffer.from(canary, 'utf16le'),
    ...base64.map((text) => Buffer.from(text)),
  ];
}
