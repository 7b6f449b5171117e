/** How long after somebody showed who he is he may do what is dangerous without being asked again. */
export const proofSeconds = 900;

/** Somebody showed who he is a moment ago; undefined: never. */
export const isFreshProof = (provedAt: string | undefined, now: Date): boolean =>
  provedAt !== undefined && now.getTime() - Date.parse(provedAt) < proofSeconds * 1_000;
