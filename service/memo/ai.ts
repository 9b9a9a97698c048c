/** The two AI models of seed 004, asked over HTTP; the partner stands for them. */
import type { Context } from '../context.ts';

export type Model = 'classify' | 'memorize';

/** The replica stops, or the model gave no answer. */
export class AiFailed extends Error {}

export const askModel = async ({ partnerUrl, stopping }: Context, model: Model, text: string): Promise<string> => {
  const url = `${partnerUrl}/ai/${model}?text=${encodeURIComponent(text)}`;
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(60_000)]);
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw new AiFailed(stopping.aborted ? 'the replica stops' : `${model}: ${String(error)}`);
  });
  if (!response.ok) throw new AiFailed(`${model}: HTTP ${response.status}`);
  const { answer } = (await response.json()) as { answer: string };
  return answer;
};
