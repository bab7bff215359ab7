import { features, isOn } from '../features/features.ts';
import type { FeatureConnections, FeatureSections } from '../features/types.ts';
import type { Demand } from './demand.ts';
import type { SizingAnswers } from './types.ts';

/** What all capabilities ask for together. */
export interface Demands {
  readonly sections: FeatureSections;
  /** Database connections at the peak of a deployment, and outside one. */
  readonly peak: number;
  readonly usual: number;
  readonly items: FeatureConnections;
  readonly services: number;
  readonly endpoints: readonly string[];
  readonly secrets: readonly string[];
  readonly alarmMetrics: number;
  readonly policyMetrics: number;
  readonly customMetrics: number;
  readonly cacheNodes: number;
  readonly hostedZones: number;
  readonly lowest: readonly string[];
  readonly byUse: readonly string[];
}

/** What each capability that is on asks for. */
export function demandsOf(answers: SizingAnswers): readonly Demand[] {
  return features.filter((feature) => isOn(feature, answers)).map(({ plan }) => plan.demand(answers));
}

/** Adds them up: the only place where the plan of the web service meets those of the capabilities. */
export function addUp(demands: readonly Demand[]): Demands {
  const sum = (count: (demand: Demand) => number | undefined): number =>
    demands.reduce((total, demand) => total + (count(demand) ?? 0), 0);
  return {
    sections: Object.assign({}, ...demands.map(({ sections }) => sections)) as FeatureSections,
    peak: sum(({ connections }) => connections?.peak),
    usual: sum(({ connections }) => connections?.usual),
    items: Object.assign({}, ...demands.map(({ connections }) => connections?.items)) as FeatureConnections,
    services: sum(({ services }) => services),
    endpoints: demands.flatMap(({ endpoints }) => endpoints ?? []),
    secrets: demands.flatMap(({ secrets }) => secrets ?? []),
    alarmMetrics: sum(({ alarmMetrics }) => alarmMetrics),
    policyMetrics: sum(({ policyMetrics }) => policyMetrics),
    customMetrics: sum(({ customMetrics }) => customMetrics),
    cacheNodes: sum(({ cacheNodes }) => cacheNodes),
    hostedZones: sum(({ hostedZones }) => hostedZones),
    lowest: demands.flatMap(({ lowest }) => lowest ?? []),
    byUse: demands.flatMap(({ byUse }) => byUse ?? []),
  };
}
