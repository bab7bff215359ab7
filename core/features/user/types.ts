import type { UserModel } from '../../facts/userModels.ts';

export interface UserAnswers {
  /** Whose class the people who log in are of. */
  readonly user: UserModel;
}
