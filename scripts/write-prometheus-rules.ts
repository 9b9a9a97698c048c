#!/usr/bin/env node
/**
 * Renders harness/grade/alert-bounds.json as docker/prometheus/rules.yml:
 *
 *     npx node scripts/write-prometheus-rules.ts
 */
import { writeFileSync } from 'node:fs';
import { prometheusRules } from '../harness/grade/prometheus-rules.ts';

writeFileSync(new URL('../docker/prometheus/rules.yml', import.meta.url), prometheusRules());
