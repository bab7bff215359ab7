/** Root passes every permission check, so what an ordinary user is refused can only be seen as one. */
const ordinaryUser = 1000;

/** Runs with the rights of an ordinary user, whoever runs the tests. */
export async function asOrdinaryUser<Value>(run: () => Promise<Value>): Promise<Value> {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(ordinaryUser);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}
