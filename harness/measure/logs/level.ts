/** How bad a line is, by the word or number in its own field. */
export type Level = 'debug' | 'info' | 'warn' | 'error';

const words: readonly (readonly [Level, readonly string[]])[] = [
  [
    'error',
    [
      'error',
      'err',
      'eror',
      'fatal',
      'ftl',
      'critical',
      'crit',
      'severe',
      'panic',
      'emerg',
      'emergency',
      'alert',
      'fail',
    ],
  ],
  ['warn', ['warn', 'warning', 'wrn']],
  ['info', ['info', 'information', 'inf', 'notice', 'log', 'config']],
  [
    'debug',
    [
      'debug',
      'debug1',
      'debug2',
      'debug3',
      'debug4',
      'debug5',
      'trace',
      'verbose',
      'fine',
      'finer',
      'finest',
      'dbug',
      'dbg',
      'trce',
      'trc',
      'vrb',
    ],
  ],
];

const levels = new Map(words.flatMap(([level, names]) => names.map((name) => [name, level] as const)));

/** All words of a level, as they may stand in a pattern. */
export const levelWords = [...levels.keys()].join('|');

/** As Monolog numbers them: 200 is info, 250 a notice, 300 a warning. */
const byHundreds = (level: number): Level => {
  if (level >= 400) return 'error';
  if (level >= 300) return 'warn';
  return level >= 200 ? 'info' : 'debug';
};

/** As OpenTelemetry's severityNumber has them: 9 to 12 are info. */
export const severityLevelOf = (severity: unknown): Level | null => {
  const number = Number(severity);
  if (severity == null || !(number >= 1 && number <= 24)) return null;
  if (number >= 17) return 'error';
  if (number >= 13) return 'warn';
  return number >= 9 ? 'info' : 'debug';
};

/** As pino and bunyan number them (30 is info), syslog (below 10: 3 is error, 4 a warning), or Monolog. */
const byNumber = (level: number): Level => {
  if (level >= 100) return byHundreds(level);
  if (level < 10) {
    if (level <= 3) return 'error';
    return level === 4 ? 'warn' : 'info';
  }
  if (level >= 50) return 'error';
  if (level >= 40) return 'warn';
  return level >= 30 ? 'info' : 'debug';
};

export const levelOf = (value: unknown): Level | null => {
  if (typeof value === 'number') return byNumber(value);
  if (typeof value !== 'string') return null;
  if (/^\d+$/.test(value)) return byNumber(Number(value));
  return levels.get(value.toLowerCase()) ?? null;
};
