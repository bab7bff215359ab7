/**
 * Where one number of the plan stands in a file: the path of a value or the name of an assignment (`openPlaces`), the
 * item of the plan, and where the number is only a part of what stands there, the pattern that finds it.
 */
export type Place = readonly [where: string, item: string, pattern?: RegExp];

/** By the path of the file; `project/` stands for the project's package. */
export type Places = Readonly<Record<string, readonly Place[]>>;

export const variable = (container: string, name: string): string =>
  `containerDefinitions[${container}].environment[${name}].value`;

/** A line across a chart of the dashboard. */
export const line = (widget: string, label: string): string =>
  `Resources.Dashboard.Properties.DashboardBody > widgets[${widget}].properties.annotations.horizontal[${label}].value`;
