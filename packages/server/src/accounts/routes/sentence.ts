import type { InvalidError } from '../../platform/index.ts';

/** "email: there is …" → "There is …." */
export const sentence = ({ message, field }: InvalidError): string => {
  const text = message.slice(field.length + 2);
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
};
