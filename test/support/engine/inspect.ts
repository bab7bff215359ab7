import { dockerOk } from './engine.ts';
import type { Engine } from './engine.ts';

/** What an image's configuration says. */
export async function inspect(
  engine: Engine,
  tag: string,
): Promise<{ readonly user: string; readonly env: readonly string[]; readonly layers: readonly string[] }> {
  const text = await dockerOk(engine, ['image', 'inspect', tag]);
  const [image] = JSON.parse(text) as [{ Config: { User?: string; Env: string[] }; RootFS: { Layers: string[] } }];
  return { user: image.Config.User ?? '', env: image.Config.Env, layers: image.RootFS.Layers };
}
