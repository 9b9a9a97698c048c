/** Numbers and times as people read them: one rule each, for judging, reports, comparisons and the terminal. */

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** `52,261`. */
export const formatCount = (count: number): string => whole.format(count);

/** `2 of 52,261`: a count beside what it was counted among. */
export const formatCountOf = (part: number, all: number): string => `${formatCount(part)} of ${formatCount(all)}`;

/** 1,234 → "1,234 jobs"; 1 → "1 job". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** Three significant digits; whole from 100 on, thousands apart from 1,000 on. */
export const formatNumber = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? formatCount(value) : String(Number(value.toPrecision(3)));
};

/** For a figure that stands beside somebody's claim of it: a count as it is, all else with four significant digits. */
export const formatExactly = (value: number): string =>
  String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(4)));

/** A share in percent: never rounds something to nothing ("< 0.01 %"), nor almost all to all. */
export const formatShare = (share: number): string => {
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return '< 0.01 %';
  if (percent < 100 && percent > 99.99) return '> 99.99 %';
  return percent >= 100 ? `${formatCount(percent)} %` : `${Number(percent.toPrecision(3))} %`;
};

/** A share in whole percent, where its size matters and not its digits. */
export const formatRoughShare = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** How much something changed, with its sign: `+12 %`, `−3.4 %`; `±0 %` where it did not. */
export const formatChange = (share: number | null): string => {
  if (share === null || !Number.isFinite(share)) return '–';
  const percent = Math.abs(share * 100);
  const figure = percent >= 10 ? percent.toFixed(0) : percent.toFixed(1);
  if (Number(figure) === 0) return '±0 %';
  return `${share < 0 ? '−' : '+'}${figure} %`;
};

/** The p of a test: three digits, never 0. */
export const formatP = (p: number | null): string => {
  if (p === null) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
};

const shareUnits = ['share', '0..1', 'ratio'];
const isShare = (unit: string): boolean => shareUnits.includes(unit);

/** Units that are not said, or not said with a blank before them. */
const spokenUnits: Readonly<Record<string, string>> = { '1': '', '1/s': '/s', count: '', '': '' };

export const formatValue = (value: number | null, unit: string): string => {
  if (value === null || !Number.isFinite(value)) return '–';
  if (isShare(unit)) return formatShare(value);
  if (unit === '%') return formatShare(value / 100);
  if (unit === 'bytes') return `${formatNumber(value / 2 ** 20)} MiB`;
  return `${formatNumber(value)}${spokenUnits[unit] ?? ` ${unit}`}`;
};

/** `12.3 s`. */
export const formatSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** 75 s → "1:15 min", 3,700 s → "1:01:40 h", below a minute "12.5 s". */
export const formatDuration = (ms: number): string => {
  const seconds = ms / 1000;
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const rounded = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (rounded < 3600) return `${Math.floor(rounded / 60)}:${two(rounded % 60)} min`;
  return `${Math.floor(rounded / 3600)}:${two(Math.floor((rounded % 3600) / 60))}:${two(rounded % 60)} h`;
};

/** `45 s`, from two minutes on `12.3 minutes`: how long a plan takes. */
export const formatMinutes = (seconds: number): string =>
  seconds < 120 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1)} minutes`;

export const formatBytes = (bytes: number): string => {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (bytes >= 2 ** 20) return `${Math.round(bytes / 2 ** 20)} MiB`;
  return `${formatCount(bytes)} B`;
};
