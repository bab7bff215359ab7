/** A data point of each metric at one time; undefined where CloudWatch has none. */
export type Point = Readonly<Record<string, number | undefined>>;

type Node = (point: Point) => number | undefined;

/**
 * An expression of CloudWatch's metric math as a function of one data point: arithmetic, comparison, `AND`, `IF`, `FILL`.
 * What CloudWatch gives no data point for is undefined: an operand that is missing, and a division by zero.
 *
 * @throws for what it does not know, so that no test passes on half an expression
 */
export function parseMetricMath(expression: string): Node {
  const tokens = expression.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|[<>]=?|[-+*/(),]|\S/gu) ?? [];
  let at = 0;
  const take = (wanted: string): boolean => tokens[at] === wanted && (at += 1) > 0;
  const expect = (wanted: string): void => {
    if (!take(wanted)) {
      throw new Error(`${expression}: ${wanted} expected instead of ${tokens[at] ?? 'the end'}`);
    }
  };
  const node = parseAnd();
  if (at < tokens.length) {
    throw new Error(`${expression}: ${tokens[at]} is not understood`);
  }
  return node;

  function parseAnd(): Node {
    return parseChain(parseComparison, { AND: (one, other) => Number(one !== 0 && other !== 0) });
  }

  function parseComparison(): Node {
    return parseChain(parseSum, {
      '<': (one, other) => Number(one < other),
      '>': (one, other) => Number(one > other),
    });
  }

  function parseSum(): Node {
    return parseChain(parseProduct, { '+': (one, other) => one + other, '-': (one, other) => one - other });
  }

  function parseProduct(): Node {
    return parseChain(parseOperand, {
      '*': (one, other) => one * other,
      '/': (one, other) => (other === 0 ? undefined : one / other),
    });
  }

  function parseChain(
    parseInner: () => Node,
    operators: Readonly<Record<string, (one: number, other: number) => number | undefined>>,
  ): Node {
    let left = parseInner();
    for (let operate = operators[tokens[at] ?? '']; operate !== undefined; operate = operators[tokens[at] ?? '']) {
      at += 1;
      left = combine(left, parseInner(), operate);
    }
    return left;
  }

  function parseOperand(): Node {
    const token = tokens[at] ?? 'the end';
    at += 1;
    if (token === '(') {
      const inner = parseAnd();
      expect(')');
      return inner;
    }
    if (token === 'IF' || token === 'FILL') {
      return parseFunction(token);
    }
    if (/^\d/u.test(token)) {
      return () => Number(token);
    }
    if (!/^[a-z]\w*$/u.test(token)) {
      throw new Error(`${expression}: ${token} is not understood`);
    }
    return (point) => {
      if (!(token in point)) {
        throw new Error(`${expression}: there is no metric ${token}`);
      }
      return point[token];
    };
  }

  function parseFunction(name: 'IF' | 'FILL'): Node {
    expect('(');
    const first = parseAnd();
    expect(',');
    const second = parseAnd();
    if (name === 'FILL') {
      expect(')');
      return (point) => first(point) ?? second(point);
    }
    expect(',');
    const third = parseAnd();
    expect(')');
    return (point) => {
      const condition = first(point);
      return condition === undefined ? undefined : condition === 0 ? third(point) : second(point);
    };
  }
}

function combine(left: Node, right: Node, operate: (one: number, other: number) => number | undefined): Node {
  return (point) => {
    const [one, other] = [left(point), right(point)];
    return one === undefined || other === undefined ? undefined : operate(one, other);
  };
}
