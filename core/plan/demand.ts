import type { FeatureConnections, FeatureCostPart, FeatureSections } from '../features/types.ts';
import type { Item } from './item.ts';
import type { Plan, SizingAnswers } from './types.ts';

/** A change of the answers that makes the plan hold; undefined values are answers to leave to be computed. */
export type SizingChanges = Partial<SizingAnswers>;

export interface WayOut {
  readonly text: string;
  /** Absent where no change of answers is enough: something has to be built. */
  readonly changes?: SizingChanges;
}

export interface Refusal {
  readonly reason: string;
  readonly waysOut: readonly WayOut[];
}

/** Database connections that a capability holds itself, beside those of the web tasks. */
export interface ConnectionDemand {
  /** Who holds them, as the sums say it. */
  readonly who: string;
  /** At the peak of a deployment. */
  readonly peak: number;
  /** Of the full fleet outside a deployment. */
  readonly usual: number;
  readonly items: FeatureConnections;
  /**
   * How it gets along with fewer, so that all fit.
   *
   * @param others connections of everything else
   */
  readonly fewer: (others: number, maxConnections: number) => WayOut | undefined;
}

/** What a capability asks for. What has no number is not asked for. */
export interface Demand {
  /** Its sizes, as far as they depend on the answers alone. */
  readonly sections?: FeatureSections;
  readonly connections?: ConnectionDemand;
  /** Services of ECS: Container Insights reports metrics of each. */
  readonly services?: number;
  /** AWS services that its tasks reach through an interface endpoint where there is no NAT gateway. */
  readonly endpoints?: readonly string[];
  /** Its secrets, by whose they are. */
  readonly secrets?: readonly string[];
  /** Metrics of its alarms. */
  readonly alarmMetrics?: number;
  /** Metrics of its scaling policies, each of which makes two alarms. */
  readonly policyMetrics?: number;
  /** Metrics of its own, as lines of a log become. */
  readonly customMetrics?: number;
  /** Nodes of ElastiCache. */
  readonly cacheNodes?: number;
  readonly hostedZones?: number;
  /** What always runs of it, in words. */
  readonly lowest?: string;
  /** What AWS bills by use, in words, with its price where that is known. */
  readonly byUse?: readonly string[];
}

/** What the web tasks ask for, and what the database has. */
export interface WebDemand {
  readonly answers: SizingAnswers;
  readonly workers: number;
  /** Threads of a worker that keep its CPU busy. */
  readonly wantedThreads: number;
  /** Fewer than these cost throughput. */
  readonly kneeThreads: number;
  readonly maxConnections: number;
  /** Of the capabilities. */
  readonly demands: readonly Demand[];
}

/** What the web tasks get. */
export interface Granted {
  readonly threads: number;
  readonly maxTasks: number;
  /** Why there are so many tasks at most, where nobody asked for a number. */
  readonly ceilingWhy: string;
  /** Who holds their connections at the peak of a deployment, and how many each. */
  readonly holders: number;
  readonly each: number;
  readonly webConnections: Item;
  /** The same outside a deployment. */
  readonly usual: { readonly value: number; readonly why: string };
  /** The sizes of what stands between the web tasks and the database. */
  readonly sections: FeatureSections;
}

/** How the web tasks reach the database: by themselves, or through a capability that shares connections. */
export type Route = (web: WebDemand) => Granted | { readonly refusal: Refusal };

/** A part of the bill. */
export interface CostRow {
  readonly key: FeatureCostPart;
  /** For people. */
  readonly name: string;
  /** Where it is listed: beside the web tasks, with what stands around them, or at the end. */
  readonly place: 'tasks' | 'around' | 'end';
  /** @returns undefined where there is none of it */
  readonly price: (answers: SizingAnswers, sections: FeatureSections) => Item<number | null> | undefined;
}

/** A row of the table of sizes: its name, where the number stands in the plan, and its unit. */
export type SizeRow = readonly [name: string, find: (plan: Plan) => Item<number | null> | undefined, unit?: string];

/** What a capability means for the plan. */
export interface FeaturePlan {
  readonly demand: (answers: SizingAnswers) => Demand;
  /** Where the web tasks reach the database through it. */
  readonly route?: Route;
  /** How it would help where connections are too few, while it is off. */
  readonly offer?: (web: WebDemand) => WayOut;
  readonly costs?: readonly CostRow[];
  readonly warnings?: (answers: SizingAnswers, plan: Omit<Plan, 'warnings'>) => readonly string[];
  readonly table?: readonly SizeRow[];
  /** Its sizes in one line. */
  readonly inShort?: (plan: Plan) => string;
  /** What a change of its sizes takes besides a release. */
  readonly steps?: (before: Plan | undefined, after: Plan) => readonly string[];
}
