/** Counters and gauges in memory, printed as Prometheus text (exposition format 0.0.4). */
export type Labels = Readonly<Record<string, string>>;

export interface Metrics {
  /** Adds to a counter. Name it with its unit: `carrossel_puts_total`. */
  count(name: string, labels?: Labels, by?: number): void;
  /** Sets a gauge. */
  gauge(name: string, value: number, labels?: Labels): void;
  /** One observation, in milliseconds, kept as a histogram with fixed bounds. */
  observeMs(name: string, ms: number, labels?: Labels): void;
  /** All of it as Prometheus text. */
  render(): string;
}

const BOUNDS_MS = [0.5, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000];
/** Series beyond this are dropped: a label with free text must not fill the memory. */
const MAX_SERIES = 5000;

interface Series {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: Map<string, { value: number; buckets: number[]; count: number }>;
}

export function createMetrics(): Metrics {
  const series = new Map<string, Series>();
  const cell = (name: string, type: Series['type'], labels: Labels) => {
    const one = series.get(name) ?? { type, values: new Map() };
    series.set(name, one);
    const key = textOf(labels);
    const found = one.values.get(key);
    if (found) return found;
    const made = { value: 0, buckets: BOUNDS_MS.map(() => 0), count: 0 };
    if (one.values.size < MAX_SERIES) one.values.set(key, made);
    return made;
  };
  return {
    count(name, labels = {}, by = 1) {
      cell(name, 'counter', labels).value += by;
    },
    gauge(name, value, labels = {}) {
      cell(name, 'gauge', labels).value = value;
    },
    observeMs(name, ms, labels = {}) {
      const one = cell(name, 'histogram', labels);
      one.value += ms;
      one.count++;
      const at = BOUNDS_MS.findIndex((bound) => ms <= bound);
      if (at >= 0) one.buckets[at] = (one.buckets[at] ?? 0) + 1;
    },
    render: () => [...series].map(([name, one]) => renderSeries(name, one)).join(''),
  };
}

/** By hand: this runs several times for each request. */
function textOf(labels: Labels): string {
  let text = '';
  for (const name in labels) {
    const value = labels[name] ?? '';
    text += `${text === '' ? '' : ','}${name}="${value.replace(/["\\\n]/g, '_')}"`;
  }
  return text;
}

function renderSeries(name: string, series: Series): string {
  let text = `# TYPE ${name} ${series.type}\n`;
  for (const [labels, { value, buckets, count }] of series.values) {
    const braces = labels === '' ? '' : `{${labels}}`;
    if (series.type !== 'histogram') {
      text += `${name}${braces} ${value}\n`;
      continue;
    }
    const comma = labels === '' ? '' : `${labels},`;
    let sum = 0;
    for (const [i, bound] of BOUNDS_MS.entries()) {
      sum += buckets[i] ?? 0;
      text += `${name}_bucket{${comma}le="${bound}"} ${sum}\n`;
    }
    text += `${name}_bucket{${comma}le="+Inf"} ${count}\n`;
    text += `${name}_sum${braces} ${value}\n${name}_count${braces} ${count}\n`;
  }
  return text;
}
