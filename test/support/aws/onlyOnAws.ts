/** Where AWS says what ECS Exec needs. */
const exec = 'a shell is opened by the SSM agent, which is not here: "Using ECS Exec", Amazon ECS Developer Guide';

/**
 * Rights of the emitted roles that nothing on the stand-in needs, by role, statement and right, and why they are there all
 * the same. What is neither here nor needed is a fault.
 */
export const onlyOnAws: Readonly<Record<string, string>> = {
  'shop-ops Shell: ssmmessages:CreateControlChannel': exec,
  'shop-ops Shell: ssmmessages:CreateDataChannel': exec,
  'shop-ops Shell: ssmmessages:OpenControlChannel': exec,
  'shop-ops Shell: ssmmessages:OpenDataChannel': exec,
  'shop-ops Shell: *': exec,
};
