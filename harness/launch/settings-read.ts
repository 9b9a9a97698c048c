/** What the parts say that they run with, beside what was asked of them: a run of other settings is another run. */
import type { SettingValues } from '../../scenarios/lib/declaration.ts';
import { messageOf } from '../errors.ts';

export interface SettingsRead {
  /** Each difference in words: who has it, in which setting, what was asked and what is in force. */
  differences: string[];
  /** Who could not be asked, and why. */
  unread: string[];
}

export interface Asked {
  /** For people: "replica 0". */
  title: string;
  url: string;
  settings: SettingValues;
}

const limitMs = 2000;

/** Null where the part knows no such question, as a release of before it was there. */
const ask = async (url: string): Promise<SettingValues | null> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(limitMs) });
  const text = await answer.text();
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  return JSON.parse(text) as SettingValues;
};

const differencesOf = (title: string, asked: SettingValues, inForce: SettingValues): string[] =>
  Object.entries(asked)
    .filter(([name, value]) => inForce[name] !== value)
    .map(
      ([name, value]) => `${title} runs with ${name} ${String(inForce[name] ?? 'unset')}, asked was ${String(value)}`,
    );

const readOne = async ({ title, url, settings }: Asked): Promise<SettingsRead> => {
  try {
    const inForce = await ask(url);
    return { differences: inForce === null ? [] : differencesOf(title, settings, inForce), unread: [] };
  } catch (error) {
    return { differences: [], unread: [`${title} does not say its settings: ${messageOf(error)}`] };
  }
};

export const readBack = async (asked: readonly Asked[]): Promise<SettingsRead> => {
  const read = await Promise.all(asked.map(readOne));
  return {
    differences: read.flatMap(({ differences }) => differences),
    unread: read.flatMap(({ unread }) => unread),
  };
};
