import type { Criterion } from '../criterion.ts';

export const criterion: Criterion = {
  id: 'settings-in-force',
  title: 'Settings that the service runs with, against those asked for',
  failureTitle: 'The service runs with other settings than were asked for',
  source: '001',
  unit: 'differences',
  bounds: [],
  demand: 'none differs, else what ran is not what was asked for, of which nothing is known',
  causeRank: 4.5,
  always: true,
  unexcused: ['fail', 'inconclusive'],
  chart: null,
  sees: { otherwise: 'each part is asked itself, and one that did not answer is named' },
  nextStep: 'The run was not the declared one: see how the setting reaches the replica (its environment, its log).',
  measure({ settingsRead }) {
    if (settingsRead == null)
      return { state: 'notApplicable', reason: 'nobody was asked: a run of before, or a service that runs by itself' };
    const { differences, unread } = settingsRead;
    const measuredBy = 'each replica and the partner asked at the start and at the end';
    const why = [...differences, ...unread].join('; ');
    if (why !== '') return { state: 'inconclusive', count: differences.length, measuredBy, reason: why };
    return { state: 'measured', value: 0, count: 1, measuredBy, reason: 'all run with what was asked for' };
  },
};
