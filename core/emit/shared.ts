/** Files that are there whatever the answers, and that a capability changes; `project/` is the project's package. */
const stacks = ['network', 'platform', 'data', 'service'].map((name) => `deploy/cloudformation/${name}.yaml`);

export const sharedSettings: readonly string[] = [
  'project/__init__.py',
  'project/settings/base.py',
  'project/settings/production.py',
];

export const sharedRelease: readonly string[] = ['deploy/release.json', 'deploy/ecs/web.json', ...stacks];
