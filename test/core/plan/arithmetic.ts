const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  ceil: Math.ceil,
  floor: Math.floor,
  clamp: (value = 0, least = 0, most = 0) => Math.min(most, Math.max(least, value)),
};

/**
 * Computes a sum as a plan's reason writes it: `max(2, ceil(0.5 vCPU)) x 3 workers + 15`. Words and signs other than
 * the functions are units or names and mean nothing; `x` multiplies.
 */
export function compute(text: string): number {
  const tokens = text
    .replaceAll('requests/s', ' ')
    .replaceAll(/[A-Za-z_][A-Za-z_0-9]*/g, (name) => (name === 'x' ? '*' : Object.hasOwn(functions, name) ? name : ' '))
    .match(/[a-z]+|\d+(\.\d+)?|[-+*/(),]/g);
  const parser = { tokens: tokens ?? [], at: 0 };
  const value = sum(parser);
  if (parser.at < parser.tokens.length) {
    throw new Error(`Not a sum: ${text}`);
  }
  return value;
}

interface Parser {
  readonly tokens: readonly string[];
  at: number;
}

function take(parser: Parser, ...wanted: readonly string[]): string | undefined {
  const token = parser.tokens[parser.at];
  if (token === undefined || !wanted.includes(token)) {
    return undefined;
  }
  parser.at += 1;
  return token;
}

function sum(parser: Parser): number {
  let value = product(parser);
  for (let sign = take(parser, '+', '-'); sign !== undefined; sign = take(parser, '+', '-')) {
    const next = product(parser);
    value = sign === '+' ? value + next : value - next;
  }
  return value;
}

function product(parser: Parser): number {
  let value = factor(parser);
  for (let sign = take(parser, '*', '/'); sign !== undefined; sign = take(parser, '*', '/')) {
    const next = factor(parser);
    value = sign === '*' ? value * next : value / next;
  }
  return value;
}

function factor(parser: Parser): number {
  const call = take(parser, ...Object.keys(functions));
  if (call !== undefined || parser.tokens[parser.at] === '(') {
    expect(parser, '(');
    const values = [sum(parser)];
    while (take(parser, ',') !== undefined) {
      values.push(sum(parser));
    }
    expect(parser, ')');
    return call === undefined ? (values[0] ?? Number.NaN) : (functions[call]?.(...values) ?? Number.NaN);
  }
  const number = Number(parser.tokens[parser.at]);
  if (Number.isNaN(number)) {
    throw new Error(`Expected a number, found ${parser.tokens[parser.at] ?? 'the end'}`);
  }
  parser.at += 1;
  return number;
}

function expect(parser: Parser, token: string): void {
  if (take(parser, token) === undefined) {
    throw new Error(`Expected ${token}, found ${parser.tokens[parser.at] ?? 'the end'}`);
  }
}
