// An order of a graph's nodes in which each comes after those it needs.
import toposort from 'toposort';
import type { Edge, Graph } from './graph.ts';

/** The nodes, needed ones first; the same graph always gives the same order. Throws where the graph has a cycle (see cycle.ts). */
export function topologicalOrder<E extends Edge>(graph: Graph<E>): readonly string[] {
  return toposort.array(
    [...graph.nodes],
    graph.edges.map(({ from, to }): [string, string] => [to, from]),
  );
}
