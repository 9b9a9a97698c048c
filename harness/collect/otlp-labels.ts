/** Labels of our series out of OTLP attributes, and who sent them. */
import { outcomeOfAnswer } from '../measure/request-outcome.ts';
import type { Labels } from '../measure/tracks/observations.ts';
import { numberOf, setOf, type KeyValue } from './otlp-descriptor.ts';

/** Our names for labels that others call otherwise. */
const labelNames: Record<string, string> = {
  'db.client.connection.state': 'state',
  'service.instance.id': 'service.instance',
};
/** Labels of k6 that differ from request to request, or never do. */
const unwantedLabels = new Set(['url', 'vu', 'iter', 'ip', 'proto', 'tls_version']);
const resourceLabels = new Set(['service.instance.id', 'service.instance']);

const valueOf = (value: KeyValue['value']): string => {
  if (value == null) return '';
  const field = (['stringValue', 'boolValue', 'doubleValue', 'intValue'] as const).find((name) => setOf(value, name));
  if (field === undefined) return '';
  return field === 'intValue' ? String(numberOf(value.intValue)) : String(value[field]);
};

const labelled = (attributes: readonly KeyValue[], known: Labels = {}): Record<string, string> => {
  const labels: Record<string, string> = { ...known };
  for (const { key, value } of attributes) {
    const text = valueOf(value);
    if (text !== '' && !unwantedLabels.has(key)) labels[labelNames[key] ?? key] = text;
  }
  return labels;
};

/** `service.name`, or the text given where there is none. */
export const senderOf = (attributes: readonly KeyValue[], otherwise: string): string => {
  const names = attributes.filter(({ key }) => key === 'service.name').map(({ value }) => valueOf(value));
  return names.find((name) => name !== '') ?? otherwise;
};

/** The labels that a resource gives to all its points. */
export const labelsOfResource = (attributes: readonly KeyValue[]): Labels =>
  labelled(attributes.filter(({ key }) => resourceLabels.has(key)));

/** k6's word on whether the script expects the answer; it becomes part of the outcome and is no label of ours. */
const expectedOf = ({ expected_response: expected }: Labels): boolean | null =>
  expected === undefined ? null : expected === 'true';

const withOutcome = ({ expected_response: _, ...labels }: Labels, expected: boolean | null): Labels => ({
  ...labels,
  outcome: outcomeOfAnswer(labels['status'], expected),
});

/** A point's labels over those of its resource; points of k6's requests also get an outcome. */
export const labelsOfPoint = (
  { name, attributes }: { name: string; attributes: readonly KeyValue[] },
  resource: Labels,
  sender: string,
): Labels => {
  const labels = labelled(attributes, resource);
  const isRequest = name.startsWith('http_req') || labels['status'] !== undefined;
  return sender === 'k6' && isRequest ? withOutcome(labels, expectedOf(labels)) : labels;
};
