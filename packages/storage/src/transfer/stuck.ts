/** restic's figure: a connection on which nothing moved for two minutes is given up. */
export const STUCK_AFTER_MS = 120_000;
