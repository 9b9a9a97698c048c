/** k6 exports once a second: what an export holds happened in the second before it. */
export const exportEveryMs = 1000;
/** What happened at the end of a time is exported up to a second later, and seen a little after that. */
export const seenAfterMs = 1500;
