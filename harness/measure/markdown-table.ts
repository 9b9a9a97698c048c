/** Text as it stands in a cell of a Markdown table. */
export const markdownCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
