import type { SettingValues } from '../../scenarios/lib/declaration.ts';
import type { OwnService } from '../config/own-service.ts';
import type { Component } from '../stack/stack.ts';
import type { SettingsRead } from './settings-read.ts';

export interface ServiceSpec {
  replicas: number;
  route: 'pooler' | 'direct';
  /** Only those that differ from the defaults in `service/settings.ts`. */
  settings: SettingValues;
  /** Folder of the release to run; default: this checkout's `service/`. */
  release: string | null;
  otlpUrl: string;
  seed: number;
  /** Divides the durations that a profile may scale (watchdog). */
  timeScale: number;
  /** How often the service exports its metrics (OTEL_METRIC_EXPORT_INTERVAL). Default: its own, a second. */
  metricsIntervalMs?: number;
  /** What the replicas run with though nobody asked for it: a defect of a launch, for the selftest. */
  unasked?: SettingValues;
  /** A team's own service instead of the reference service; of the above it takes route and otlpUrl. */
  own?: OwnService;
  /** Start a replica again when it dies by itself, as an orchestrator would. Default true. */
  superviseReplicas?: boolean;
}

interface RollOptions {
  /** Over those in force, for each replica as it starts again. */
  settings?: SettingValues | undefined;
  /**
   * Awaited once the first one serves. `undo`: it is started again with the settings of before, and the others stay as
   * they are; so they do if it rejects.
   */
  afterFirst?(): Promise<'go-on' | 'undo'>;
}

export interface StartedService extends AsyncDisposable {
  /** Base URL of the front port. */
  readonly url: string;
  /** All settings in force at the start, defaults included. */
  readonly settings: SettingValues;
  readonly components: readonly Component[];
  readonly replicas: number;
  /** What every replica and the partner say that they run with, against what was asked of them last. */
  settingsRead(): Promise<SettingsRead>;
  /** True if every replica answers /ready. */
  alive(): Promise<boolean>;
  /**
   * Stop all (SIGTERM, graceful, limit in the error), start all again, with these settings over those in force from now
   * on; resolves when ready.
   */
  restart(settings?: SettingValues): Promise<void>;
  /** One after the other, the others serving; each resolves before the next begins. */
  roll(options?: RollOptions): Promise<void>;
}
