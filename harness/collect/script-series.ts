/**
 * What the series of a stranger's k6 script are taken for. Its own tags and metrics may be called as ours are and mean
 * something else, and may hold ids: k6's own tags are kept, and of names only as many as a page can hold.
 */
import { formatCount } from '../measure/numbers-in-words.ts';
import type { Labels } from '../measure/tracks/observations.ts';
import { openNames, type BoundedNames } from '../measure/bounded-names.ts';

/** Gives a series of k6 the name and labels under which it is kept. */
export type Relabel = (series: string, labels: Labels) => { series: string; labels: Labels };

export interface ScriptSeries {
  relabel: Relabel;
  /** What is told of names that were too many; null where all found a place. */
  readonly tooMany: string | null;
}

const builtIn = new Set(
  `http_reqs http_req_duration http_req_failed http_req_blocked http_req_connecting http_req_tls_handshaking
   http_req_sending http_req_waiting http_req_receiving iterations iteration_duration dropped_iterations vus vus_max
   checks data_sent data_received group_duration`.split(/\s+/),
);
const protocols = /^(ws|grpc|browser)_/;
const isBuiltIn = (series: string): boolean =>
  builtIn.has(series.replace(/\.(total|occurred)$/, '')) || protocols.test(series);

/** Those of k6's own tags that say something. */
const keptTags =
  `name check error scenario service.instance status method error_code expected_response condition`.split(' ');
/** What k6 itself puts into them. A script's own metric or check may have a tag called so, and ids in it. */
const ofK6: Readonly<Record<string, RegExp>> = {
  status: /^\d{1,3}$/,
  method: /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT)$/,
  error_code: /^\d{4}$/,
  expected_response: /^(true|false)$/,
  condition: /^(non)?zero$/,
};

/** The tag in which `matrix` of pgsurge/k6 says the phase. */
const phaseTag = 'pgsurge_phase';

/** k6 runs `setup` and `teardown` in groups of these names and in no scenario. A script may have a tag called group. */
const outsideOf = ({ group = '', scenario }: Labels): string | null =>
  scenario === undefined ? (/^::(setup|teardown)(::|$)/.exec(group)?.[1] ?? null) : null;

const phaseOf = (labels: Labels, load: string | null): Record<string, string> => {
  const outside = outsideOf(labels);
  if (outside !== null) return { phase: outside };
  const phase = load ?? labels[phaseTag];
  return phase === undefined ? {} : { phase };
};

/** Ports and addresses in k6's words for an error differ each time. */
const withoutNumbers = (text: string): string => text.replaceAll(/\d+/g, 'N');

const pick = (labels: Labels, wanted: readonly string[]): Record<string, string> =>
  Object.fromEntries(wanted.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])));

const boundedTags = (labels: Labels, names: Readonly<Record<string, BoundedNames>>): Record<string, string> => {
  const tags = pick(labels, keptTags);
  for (const [tag, value] of Object.entries(tags))
    if (ofK6[tag]?.test(value) !== true)
      tags[tag] = names[tag]!.nameOf(tag === 'error' ? withoutNumbers(value) : value);
  return tags;
};

const wordsOf = ({ more }: BoundedNames): string =>
  `${formatCount(more)} more names of requests are counted together: set the name tag`;

/**
 * All its requests are interactive ones of the only phase, but for what `setup` and `teardown` send. Null: it is a
 * row of a journey, which says the phase of each request.
 */
export const openScriptSeries = (phase: string | null): ScriptSeries => {
  const names = Object.fromEntries(keptTags.map((tag) => [tag, openNames()]));
  return {
    relabel: (series, labels) => ({
      series: isBuiltIn(series) ? series : `script.${series}`,
      labels: {
        ...boundedTags(labels, names),
        ...(labels['outcome'] === undefined ? {} : { outcome: labels['outcome'] }),
        kind: 'interactive',
        ...phaseOf(labels, phase),
      },
    }),
    get tooMany() {
      return names['name']!.more === 0 ? null : wordsOf(names['name']!);
    },
  };
};

/** A script of ours that is run beside a service of somebody else's keeps its kinds; its phases are not those here. */
export const openOwnSeries = (phase: string): ScriptSeries => ({
  relabel: (series, labels) => ({ series, labels: { kind: 'interactive', ...labels, phase } }),
  tooMany: null,
});
