import type { StatusReport } from '../report.ts';

/** The promises in one sentence, worded so that it cannot contradict the headline above it. */
export function promiseTally(report: Pick<StatusReport, 'promises' | 'state' | 'watching'>): string {
  const { kept, broken, unknown } = report.promises;
  const risk = report.promises['at-risk'];
  const total = kept + risk + broken + unknown;
  if (total === 0) return 'No promises are made yet.';
  if (kept === total) {
    const all = total === 1 ? 'the one promise is kept' : `all ${total} promises are kept`;
    if (!report.watching.alive) return `By the last records ${all}.`;
    // The time that was promised may still run out.
    const trouble = report.state === 'outage' || report.state === 'degraded';
    return `${all.charAt(0).toUpperCase()}${all.slice(1)}${trouble ? ' so far' : ''}.`;
  }
  const parts = [
    `${kept} of ${total} promises kept`,
    ...(risk > 0 ? [`${risk} at risk`] : []),
    ...(broken > 0 ? [`${broken} broken`] : []),
    ...(unknown > 0 ? [`${unknown} not known yet`] : []),
  ];
  return `${parts.join(', ')}.`;
}
