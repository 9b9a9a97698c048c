import { alertBounds, type AlertBound } from './alert-bounds.ts';

/** `pool-utilisation` to `PoolUtilisation`, as Prometheus users name alerts. */
const alertName = (id: string): string =>
  id
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** A JSON string is a YAML string too. */
const text = (value: string): string => JSON.stringify(value);

const rule = ({
  id,
  title,
  severity,
  comparator,
  value,
  unit,
  source,
  forSeconds,
  prometheus,
}: AlertBound): string => `      - alert: ${alertName(id)}
        expr: ${text(prometheus)}
        for: ${forSeconds}s
        labels: { severity: ${severity === 'fail' ? 'critical' : 'warning'} }
        annotations:
          summary: ${text(`${title}: should be ${comparator} ${value} ${unit}`)}
          source: ${text(`seed ${source} (docs/glossary.md)`)}
`;

const header =
  '# Rendered from harness/grade/alert-bounds.json by scripts/write-prometheus-rules.ts; a test holds it to that.\n' +
  '# Rules whose series nobody sends (postgres_*: no exporter is in this stack) never fire.\n';

/** The alert bounds as a rules file of Prometheus. */
export const prometheusRules = (): string => `${header}groups:
  - name: pgsurge
    rules:
${alertBounds.map(rule).join('')}`;
