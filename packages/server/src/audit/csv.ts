import { type AuditEntry, actorText } from './audit-log.ts';

/** RFC 4180, with a first line of names. */
export const csvHead = 'id,at,action,actor,actor_name,subject,address,user_agent,before,after\r\n';

export const csvLine = (entry: AuditEntry): string => {
  const { actor, address, userAgent } = entry.origin;
  const cells = [
    String(entry.id),
    entry.at,
    entry.action,
    actor === undefined ? '' : actorText(actor),
    actor?.name ?? '',
    entry.subject ?? '',
    address ?? '',
    userAgent ?? '',
    entry.before === undefined ? '' : JSON.stringify(entry.before),
    entry.after === undefined ? '' : JSON.stringify(entry.after),
  ];
  return `${cells.map(cell).join(',')}\r\n`;
};

/** A text that a spreadsheet would take for a formula gets an apostrophe before it: names come from strangers. */
const cell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
