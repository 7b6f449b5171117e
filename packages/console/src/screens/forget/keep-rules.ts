const names = ['keepLast', 'keepHourly', 'keepDaily', 'keepWeekly', 'keepMonthly', 'keepYearly'] as const;

export type KeepRule = (typeof names)[number];

/** What is kept, as the address has it; a rule that is not in it keeps nothing. */
export type KeepRules = { [name in KeepRule]?: number };

/** Each with how it is called on the screen. */
export const keepRules: readonly (readonly [name: KeepRule, label: string])[] = [
  ['keepLast', 'The last'],
  ['keepHourly', 'Hourly'],
  ['keepDaily', 'Daily'],
  ['keepWeekly', 'Weekly'],
  ['keepMonthly', 'Monthly'],
  ['keepYearly', 'Yearly'],
];

/** The most that the API takes. */
export const mostKept = 100_000;

export function readRules(given: Record<string, unknown>): KeepRules {
  const rules: KeepRules = {};
  for (const name of names) {
    const count = Number(given[name]);
    if (Number.isInteger(count) && count > 0 && count <= mostKept) rules[name] = count;
  }
  return rules;
}
