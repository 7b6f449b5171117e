/**
 * How a browser shall keep what it gets (RFC 6266): as a file, never shown as a page of the console. The name is
 * somebody's: what would be a line of its own, lead elsewhere, or make one kind of file look like another, is taken out.
 */
export function attachment(name: string): string {
  const safe = tidy(name);
  const plain = safe.replace(/[^\w .()-]/g, '_');
  const encoded = encodeURIComponent(safe).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function tidy(name: string): string {
  const text = name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[/\\:*?"<>|]/g, '_')
    .trim();
  const short = [...text].slice(0, 150).join('');
  return short === '' || /^\.+$/.test(short) ? 'file' : short;
}
