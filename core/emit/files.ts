import type { Answers } from '../answers/types.ts';
import { ciFeatures } from '../features/ci/ciFeatures.ts';
import { features, isOn } from '../features/features.ts';
import { requirements } from './requirements/files.ts';
import { isCloudFormation, merge } from './rows.ts';
import type { FileRow } from './types.ts';

/** What the capabilities add, each only while it is on. */
const optional: readonly FileRow[] = features.flatMap((feature) =>
  feature.files.rows.map((row) => ({
    ...row,
    when: (answers: Answers) => isOn(feature, answers) && (row.when?.(answers) ?? true),
  })),
);

/** The stacks of the infrastructure, in the order in which they are set up, and what the user says of his own. */
const infrastructure: readonly FileRow[] = [
  merge('deploy/cloudformation/network.yaml.ejs', { when: isCloudFormation }),
  merge('deploy/cloudformation/platform.yaml.ejs', { when: isCloudFormation }),
  merge('deploy/cloudformation/data.yaml.ejs', { when: isCloudFormation }),
  merge('deploy/cloudformation/service.yaml.ejs', { when: isCloudFormation }),
  merge('tests/test_infrastructure.py.ejs', { when: isCloudFormation }),
];

/** The pipelines of each CI provider. */
const pipelines: readonly FileRow[] = Object.entries(ciFeatures).flatMap(([provider, feature]) =>
  feature.files.map((file) => ({ ...file, when: ({ ci }: Answers) => ci === provider })),
);

/** The whole repository of the web service. */
export const files: readonly FileRow[] = [
  merge('README.md.ejs'),
  merge('AGENTS.md.ejs'),
  merge('Makefile.ejs'),
  merge('manage.py.ejs', { executable: true }),
  merge('pyproject.toml.ejs'),
  merge('gunicorn.conf.py.ejs'),
  ...requirements,
  merge('Dockerfile.ejs'),
  merge('.dockerignore.ejs'),
  merge('compose.yaml.ejs'),
  merge('.env.example.ejs'),
  merge('.gitignore.ejs'),
  merge('.gitattributes.ejs'),
  merge('.editorconfig.ejs'),

  merge('project/__init__.py.ejs'),
  merge('project/asgi.py.ejs'),
  merge('project/wsgi.py.ejs'),
  merge('project/urls.py', { policy: 'once' }),
  merge('project/settings/__init__.py'),
  merge('project/settings/base.py.ejs'),
  merge('project/settings/build.py'),
  merge('project/settings/lint.py.ejs'),
  merge('project/settings/local.py.ejs', { policy: 'once' }),
  merge('project/settings/production.py.ejs'),

  merge('tests/conftest.py.ejs'),
  merge('tests/test_health.py'),
  merge('tests/test_settings.py.ejs'),
  merge('tests/test_sizing.py.ejs'),

  merge('deploy/README.md.ejs'),
  merge('deploy/parameters.json.ejs', { policy: 'form' }),
  merge('deploy/apt.txt', { policy: 'once' }),
  merge('deploy/apt-build.txt', { policy: 'once' }),
  merge('deploy/ecs/dbinit.json.ejs', { when: isCloudFormation }),
  merge('deploy/ecs/web.json.ejs'),
  merge('deploy/ecs/migrate.json.ejs'),
  merge('deploy/ecs/ops.json.ejs'),
  ...infrastructure,

  ...optional,

  ...pipelines,
];
