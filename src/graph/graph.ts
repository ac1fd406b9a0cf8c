// Graph: nodes and directed edges that know nothing of services. Made from a model, read by planners and exporters.

/** `from` needs `to`. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** A directed graph; `nodes` are sorted, `edges` are sorted by `from`, then `to`. An edge may carry more (a condition, a place). */
export interface Graph<E extends Edge = Edge> {
  readonly nodes: readonly string[];
  readonly edges: readonly E[];
  /** Edges that start at a node. */
  out(node: string): readonly E[];
  /** Edges that end at a node. */
  into(node: string): readonly E[];
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** A graph of these nodes. Edges from or to something that is no node are left out; of several between the same two, the first stays. */
export function createGraph<E extends Edge>(nodes: Iterable<string>, edges: Iterable<E>): Graph<E> {
  const out = new Map<string, E[]>();
  const into = new Map<string, E[]>();
  for (const node of [...new Set(nodes)].sort(byText)) {
    out.set(node, []);
    into.set(node, []);
  }
  const kept: E[] = [];
  for (const edge of [...edges].sort((a, b) => byText(a.from, b.from) || byText(a.to, b.to))) {
    const starting = out.get(edge.from);
    const ending = into.get(edge.to);
    if (!starting || !ending || starting.some(other => other.to === edge.to)) continue;
    starting.push(edge);
    ending.push(edge);
    kept.push(edge);
  }
  return { nodes: [...out.keys()], edges: kept, out: node => out.get(node) ?? [], into: node => into.get(node) ?? [] };
}

/** The nodes that can be reached from some nodes along edges that `follow` takes, the start included, sorted. `into`: against the arrows. */
export function reachable<E extends Edge>(
  graph: Graph<E>,
  start: Iterable<string>,
  direction: 'out' | 'into',
  follow: (edge: E) => boolean = () => true,
): readonly string[] {
  const seen = new Set<string>();
  const waiting = [...start];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const edge of graph[direction](node)) if (follow(edge)) waiting.push(direction === 'out' ? edge.to : edge.from);
  }
  return [...seen].sort(byText);
}
