import { runOk } from '../run.ts';
import { accountNumber } from './account.ts';
import type { Account } from './account.ts';

const program = `
import sys, boto3
bucket = {"Bucket": sys.argv[1]}
file = {**bucket, "Key": "a.txt"}
s3 = boto3.client("s3", region_name="us-east-1")
s3.put_object(**file, Body=b"hello")
assert s3.list_objects_v2(**bucket)["KeyCount"] == 1
assert s3.get_object(**file)["Body"].read() == b"hello"
s3.abort_multipart_upload(**file, UploadId=s3.create_multipart_upload(**file)["UploadId"])
s3.delete_object(**file)
`;

/**
 * Stores an upload, finds, reads and deletes it, and gives up a large one, as a task with this role.
 *
 * @param python one that has boto3
 */
export async function keepUpload(account: Account, python: string, role: string): Promise<void> {
  const keys = await account.take(role, 'ecs-tasks.amazonaws.com', `arn:aws:ecs:us-east-1:${accountNumber}:*`);
  const bucket = `shop-media-${accountNumber}-us-east-1`;
  await runOk(python, ['-c', program, bucket], { env: { ...account.environment, ...keys } });
}
