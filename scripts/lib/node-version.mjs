/**
 * Whether a Node.js version satisfies an `engines.node` range made of `^a.b.c` and `>=a.b.c` joined by `||`: all that
 * package.json uses. Nothing is installed yet when this runs, so the `semver` package is out of reach; the syntax is old
 * on purpose, so that an old Node.js can parse it and print the sentence.
 *
 * @param {string} version such as `20.19.0`
 * @param {string} range such as `^20.19.0 || >=22.12.0`
 */
export function satisfies(version, range) {
  const have = numbers(version);
  return range.split('||').some((part) => {
    const match = /^\s*(\^|>=)(\d+\.\d+\.\d+)\s*$/.exec(part);
    if (match === null) {
      throw new Error('cannot read the range ' + part);
    }
    const want = numbers(match[2]);
    return compare(have, want) >= 0 && (match[1] === '>=' || have[0] === want[0]);
  });
}

function numbers(version) {
  return version.replace(/^v/, '').split('-')[0].split('.').map(Number);
}

function compare(a, b) {
  for (let i = 0; i < 3; i++) {
    if (a[i] !== b[i]) {
      return a[i] - b[i];
    }
  }
  return 0;
}
