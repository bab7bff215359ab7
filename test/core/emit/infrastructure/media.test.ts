import assert from 'node:assert/strict';
import { evaluate } from '../../../support/cloudFormation.ts';
import { infrastructureOf, propertiesOf, resourcesOf, stackOf } from '../../../support/infrastructure.ts';
import type { Given } from '../../../support/infrastructure.ts';

type Rule = Readonly<Record<string, unknown>>;

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

const arn = 'arn:aws:s3:::shop-media-123456789012-us-east-1';

/** What each role may do with uploads. */
function rightsOf(given: Given): Readonly<Record<string, readonly Statement[]>> {
  const infrastructure = infrastructureOf(given);
  const policies = resourcesOf(infrastructure, 'AWS::IAM::RolePolicy').filter(
    ({ properties }) => properties['PolicyName'] === 'uploads',
  );
  return Object.fromEntries(
    policies.map(({ properties }) => [
      String(properties['RoleName']),
      (properties['PolicyDocument'] as { Statement: readonly Statement[] }).Statement,
    ]),
  );
}

describe('the uploads', () => {
  const infrastructure = infrastructureOf({ domain: 'example.com' });
  const stack = stackOf(infrastructure, 'media');
  const bucket = propertiesOf<{
    PublicAccessBlockConfiguration: object;
    LifecycleConfiguration: { Rules: readonly Rule[] };
    CorsConfiguration?: { CorsRules: readonly Rule[] };
  }>(infrastructure, 'media', 'Bucket');

  it('are private, kept, and over TLS only', () => {
    assert.deepEqual(Object.values(bucket.PublicAccessBlockConfiguration), [true, true, true, true]);
    assert.deepEqual(
      [stack.Resources['Bucket']?.DeletionPolicy, stack.Resources['Bucket']?.UpdateReplacePolicy],
      ['RetainExceptOnCreate', 'Retain'],
    );
    const { PolicyDocument } = propertiesOf<{ PolicyDocument: { Statement: readonly Statement[] } }>(
      infrastructure,
      'media',
      'BucketPolicy',
    );
    assert.deepEqual(
      PolicyDocument.Statement.map(({ Effect }) => Effect),
      ['Deny'],
    );
  });

  it('never expire while they are current', () => {
    const known = ['Id', 'Status', 'NoncurrentVersionExpiration', 'AbortIncompleteMultipartUpload'];
    for (const rule of bucket.LifecycleConfiguration.Rules) {
      const more = Object.keys(rule).filter((key) => !known.includes(key));
      // Of a deleted file whose versions are gone.
      assert.deepEqual(more, rule['Id'] === 'what-was-replaced' ? ['ExpiredObjectDeleteMarker'] : []);
    }
    assert.deepEqual(stack.Resources['Bucket']?.Properties['VersioningConfiguration'], { Status: 'Enabled' });
  });

  it('may be posted by pages of the domain, and by no others', () => {
    const [rule, ...others] = bucket.CorsConfiguration?.CorsRules ?? [];
    assert.deepEqual([rule?.['AllowedMethods'], others], [['POST'], []]);
    assert.deepEqual(rule?.['AllowedOrigins'], ['https://example.com', 'https://*.example.com']);
    assert.equal('CorsConfiguration' in propertiesOf(infrastructureOf({}), 'media', 'Bucket'), false);
  });

  it('are read and written by the roles whose code does that, and nothing else of S3 is', () => {
    assert.deepEqual(Object.keys(rightsOf({})), ['shop-task', 'shop-ops']);
    const rights = rightsOf({ broker: 'sqs' });
    assert.deepEqual(Object.keys(rights), ['shop-task', 'shop-worker', 'shop-ops']);
    for (const [files, whether, ...others] of Object.values(rights)) {
      assert.deepEqual(others, []);
      assert.deepEqual(files?.Action, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload']);
      assert.equal(whether?.Action, 's3:ListBucket');
      assert.deepEqual(evaluate(stack, [files.Resource, whether.Resource]), ['<Bucket.Arn>/*', '<Bucket.Arn>']);
    }
  });

  it('have a bucket whose name S3 takes and MEDIA_BUCKET says, however long the project is called', () => {
    const longest = infrastructureOf({ projectName: 'abcdefghijklmnopqrstuvwx', region: 'ap-southeast-2' });
    const name = evaluate(
      stackOf(longest, 'media'),
      stackOf(longest, 'media').Resources['Bucket']?.Properties['BucketName'],
    );
    assert.ok(String(name).replace('us-east-1', 'ap-southeast-2').length <= 63);
    assert.equal(`arn:aws:s3:::${String(evaluate(stack, stack.Resources['Bucket']?.Properties['BucketName']))}`, arn);
  });
});
