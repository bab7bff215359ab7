import type { Plan } from '../plan/types.ts';

/** `deploy/sizing.json`: every size of the plan with its reason, for people, tests and tools. */
export function renderSizing(plan: Plan): string {
  const { cost: _cost, warnings: _warnings, ...sections } = plan;
  const text = Object.fromEntries(
    Object.entries(sections).map(([name, section]) => [
      name,
      Object.fromEntries(Object.entries(section).map(([key, { value, why }]) => [key, { value, why }])),
    ]),
  );
  return `${JSON.stringify(text, undefined, 2)}\n`;
}
