const secondsPerHour = 3600;

/** @param {number} value */
const twoDigits = (value) => String(value).padStart(2, '0');

/** 75 → "1:15 min", 3,700 → "1:01:40 h". @param {number} seconds */
export const clock = (seconds) => {
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.floor(seconds);
  const minutes = Math.floor(whole / 60);
  if (whole < secondsPerHour) return `${minutes}:${twoDigits(whole % 60)} min`;
  return `${Math.floor(whole / secondsPerHour)}:${twoDigits(minutes % 60)}:${twoDigits(whole % 60)} h`;
};

/** Three significant digits, as in the page's tables. @param {number | null | undefined} value */
export const figure = (value) => {
  if (value === null || value === undefined) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-GB');
  return String(Number(value.toPrecision(3)));
};
