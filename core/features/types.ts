import type { AssetsAnswers } from './assets/types.ts';
import type { CeleryAnswers, CeleryConnections, CeleryCostPart, CelerySection } from './celery/types.ts';
import type { ErrorsAnswers, ErrorsSection } from './errors/types.ts';
import type { MailAnswers, MailSection } from './mail/types.ts';
import type { MediaAnswers, MediaSection } from './media/types.ts';
import type { PgbouncerAnswers, PgbouncerCostPart, PgbouncerSection } from './pgbouncer/types.ts';
import type { StaticAnswers } from './staticS3/types.ts';
import type { UserAnswers } from './user/types.ts';

/** The answers about capabilities that the plan is computed from. */
export interface FeatureSizingAnswers
  extends
    AssetsAnswers,
    CeleryAnswers,
    ErrorsAnswers,
    MailAnswers,
    MediaAnswers,
    PgbouncerAnswers,
    StaticAnswers,
    UserAnswers {}

/** Their sections of the plan, each only while the capability is on. */
export interface FeatureSections extends CelerySection, ErrorsSection, MailSection, MediaSection, PgbouncerSection {}

/** Database connections that they take, in the plan of the database. */
export type FeatureConnections = CeleryConnections;

/** What AWS bills for them by the month. */
export type FeatureCostPart = CeleryCostPart | PgbouncerCostPart;
