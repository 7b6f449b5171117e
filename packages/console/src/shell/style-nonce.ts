const read = (): string => document.querySelector('meta[name="style-nonce"]')?.getAttribute('content') ?? '';

/** What the page's content security policy asks of styles that are written at run time. */
export const styleNonce = {
  read,
  /** To the lock of scrolling behind dialogues (get-nonce), which looks for it under this name. */
  announce(): void {
    (globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = read();
  },
};
