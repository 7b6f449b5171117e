/** Column types that the tables of every room share. */

/** UTC instant as ISO 8601 with milliseconds and `Z`; such texts sort as the instants do. */
export type Instant = string;
