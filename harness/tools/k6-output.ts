import type { Tool } from './tool.ts';

/** What a shell may hold for k6 (K6_VUS, K6_OUT, …) would override a scenario's own options: none of it reaches k6. */
export const isK6Variable = (name: string): boolean => name.startsWith('K6_');

/** This process' environment for k6, without variables that change its options. */
export const k6Environment = (k6: Tool): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !isK6Variable(entry[0]),
    ),
  ),
  ...k6.env,
});

const framing = [
  /^time="[^"]*" level=\w+ msg="/,
  /^could not initialize '[^']*': /,
  /^could not load JS test '[^']*': /,
  /^(Uncaught )?(GoError|Error): /,
  /^- /,
];

/** Above a list of complaints, of which the first says more. */
const heading = /^There were problems with the specified script configuration:$/;

/** The first line of k6's complaint that says something, without the frames that k6 puts around it. */
export const firstLineOfK6 = (output: string): string => {
  const line =
    output
      .split('\n')
      .map((text) => text.trim())
      .find((text) => text.length > 0 && !heading.test(text)) ?? 'k6 said nothing';
  const bare = framing.reduce((text, frame) => text.replace(frame, ''), line).replace(/file:\/\/\S*\/([^/\s]+)/g, '$1');
  return bare.length > 240 ? `${bare.slice(0, 240)}…` : bare;
};
