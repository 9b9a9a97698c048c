/** What a statement is, by the tag with which the server says that it is done: `INSERT 0 3` is an INSERT. */
const longestKind = 24;

export const kindOf = (tag: string): string => {
  const end = tag.search(/ \d/);
  return (end < 0 ? tag : tag.slice(0, end)).slice(0, longestKind);
};

/** Statements that ended in an error, and rows fetched from a portal that has more. */
export const failedKind = 'failed';
export const fetchedKind = 'FETCH of a portal';
