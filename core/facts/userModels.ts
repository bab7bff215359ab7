/** Whose class the people who log in are of: the project's own (`custom`), or `django.contrib.auth.models.User`. */
export const userModels = ['custom', 'django'] as const;
export type UserModel = (typeof userModels)[number];

/** The app of the project's own class, beside the project's package: no project can have the same name. */
export const userApp = 'accounts';
