// What state CloudWatch gives an alarm, after "How CloudWatch alarms are evaluated" and "Metric math syntax and functions" of its
// user guide. Only what template.yaml uses: anything else is an error, not a guess.

/** Periods that CloudWatch reads beyond those it evaluates, to find enough data points. The guide shows two for an alarm of three. */
const EXTRA = 2;

const COMPARE = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

const STATISTICS = {
  Sum: (samples) => samples.reduce((sum, sample) => sum + sample, 0),
  Maximum: (samples) => Math.max(...samples),
  Average: (samples) => STATISTICS.Sum(samples) / samples.length,
};

/**
 * The state of an alarm's properties at the end of its metrics: "ALARM" or "OK".
 * `samples(metric)` gives a metric's samples, one a minute, the last one now; `undefined` is a minute without one.
 */
export function state(alarm, samples) {
  if (alarm.TreatMissingData !== "notBreaching") throw new Error(`unknown TreatMissingData: ${alarm.TreatMissingData}`);
  const { EvaluationPeriods: wanted, DatapointsToAlarm: enough = wanted } = alarm;
  const points = (alarm.Metrics ? math(alarm, samples) : period(alarm, samples(alarm), wanted + EXTRA)).filter(isThere);
  // The newest points that exist; where there are too few, the missing ones count as good.
  const breaching = points.slice(-wanted).filter((value) => COMPARE[alarm.ComparisonOperator](value, Number(alarm.Threshold)));
  return breaching.length >= enough ? "ALARM" : "OK";
}

const isThere = (value) => value !== undefined;

/** A metric by periods, the newest last. */
function period({ Period, Statistic, Stat = Statistic }, samples, count) {
  const minutes = Period / 60;
  return Array.from({ length: count }, (_, index) => {
    const end = samples.length - (count - 1 - index) * minutes;
    const there = samples.slice(Math.max(0, end - minutes), Math.max(0, end)).filter(isThere);
    return there.length > 0 ? STATISTICS[Stat](there) : undefined;
  });
}

/** The expression that the alarm watches, by periods. */
function math(alarm, samples) {
  const count = alarm.EvaluationPeriods + EXTRA;
  const series = {};
  for (const { Id, MetricStat } of alarm.Metrics) {
    if (MetricStat) series[Id] = period(MetricStat, samples(MetricStat.Metric), count);
  }
  const [{ Expression }, ...others] = alarm.Metrics.filter(({ ReturnData = true }) => ReturnData);
  if (others.length > 0) throw new Error("an alarm watches one expression");
  return compute(parse(Expression), series, count);
}

/** Operators by how tightly they bind, the loosest first. */
const OPERATORS = [["OR"], ["AND"], ["==", "!=", "<", ">", "<=", ">="], ["+", "-"], ["*", "/"]];

const CALCULATE = {
  OR: (a, b) => Number(Boolean(a || b)),
  AND: (a, b) => Number(Boolean(a && b)),
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "<": (a, b) => Number(a < b),
  ">": (a, b) => Number(a > b),
  "<=": (a, b) => Number(a <= b),
  ">=": (a, b) => Number(a >= b),
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => (b === 0 ? undefined : a / b),
};

const FUNCTIONS = {
  IF: ([test, yes, no]) => test.map((value, at) => (isThere(value) ? (value ? yes : no)[at] : undefined)),
  DIFF: ([series]) => series.map((value, at) => (isThere(value) && isThere(series[at - 1]) ? value - series[at - 1] : undefined)),
  FILL: ([series, filling]) => {
    let last;
    return series.map((value, at) => {
      last = value ?? last;
      return value ?? (filling === "REPEAT" ? last : filling[at]);
    });
  },
};

/** An expression as nested arrays: [operator or function, operand, ...], a number, or a name. */
function parse(text) {
  const tokens = text.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|[<>=!]=|[-+*/<>(),]/g);
  if (tokens.join("") !== text.replace(/\s/g, "")) throw new Error(`failed to read the expression: ${text}`);
  const take = (wanted) => {
    const token = tokens.shift();
    if (wanted && token !== wanted) throw new Error(`expected ${wanted}, not ${token}: ${text}`);
    return token;
  };
  const operation = (level) => {
    if (level === OPERATORS.length) return operand();
    let left = operation(level + 1);
    while (OPERATORS[level].includes(tokens[0])) left = [take(), left, operation(level + 1)];
    return left;
  };
  const operand = () => {
    const token = take();
    if (token === "(") {
      const inner = operation(0);
      take(")");
      return inner;
    }
    if (tokens[0] !== "(") return /^\d/.test(token) ? Number(token) : token;
    const operands = [];
    do {
      take(); // the bracket, then each comma
      operands.push(operation(0));
    } while (tokens[0] === ",");
    take(")");
    return [token, ...operands];
  };
  const whole = operation(0);
  if (tokens.length > 0) throw new Error(`left over: ${tokens.join(" ")}`);
  return whole;
}

function compute(node, series, count) {
  if (typeof node === "number") return Array(count).fill(node);
  if (node === "REPEAT") return node;
  if (typeof node === "string") {
    if (!series[node]) throw new Error(`no metric is called ${node}`);
    return series[node];
  }
  const [name, ...operands] = node;
  const values = operands.map((operand) => compute(operand, series, count));
  if (FUNCTIONS[name]) return FUNCTIONS[name](values);
  const [left, right] = values;
  if (!CALCULATE[name]) throw new Error(`unknown function: ${name}`);
  return left.map((value, at) => (isThere(value) && isThere(right[at]) ? CALCULATE[name](value, right[at]) : undefined));
}
