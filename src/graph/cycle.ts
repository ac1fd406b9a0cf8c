// The shortest cycle of a graph, as a path that can be shown.
import type { Edge, Graph } from './graph.ts';

/** Cycles are looked for from this many nodes; a tangle larger than that still yields a cycle, though perhaps not the shortest. */
const mostStarts = 300;

/**
 * The edges of a shortest cycle, in order: each ends where the next starts, and the last ends where the first starts.
 * Of several as short, the one with the first name by alphabet. undefined where there is no cycle.
 */
export function findCycle<E extends Edge>(graph: Graph<E>): readonly E[] | undefined {
  let shortest: readonly E[] | undefined;
  for (const [index, start] of nodesBetweenCycles(graph).entries()) {
    if (index >= mostStarts && shortest) break;
    shortest = shortestWayBack(graph, start, shortest?.length ?? Number.POSITIVE_INFINITY) ?? shortest;
  }
  return shortest;
}

/** What is left once nodes that nothing needs, or that need nothing, have been taken away again and again: on cycles, or between two. */
function nodesBetweenCycles<E extends Edge>(graph: Graph<E>): readonly string[] {
  const left = new Set(graph.nodes);
  const waiting = [...graph.nodes];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (!left.has(node)) continue;
    const needs = graph.out(node).some(edge => left.has(edge.to));
    const needed = graph.into(node).some(edge => left.has(edge.from));
    if (needs && needed) continue;
    left.delete(node);
    for (const edge of graph.out(node)) waiting.push(edge.to);
    for (const edge of graph.into(node)) waiting.push(edge.from);
  }
  return graph.nodes.filter(node => left.has(node));
}

/** A shortest path from a node to itself with fewer edges than `limit`, breadth first. */
function shortestWayBack<E extends Edge>(graph: Graph<E>, start: string, limit: number): readonly E[] | undefined {
  const cameBy = new Map<string, E>();
  let front = [start];
  for (let length = 1; length < limit && front.length > 0; length++) {
    const next: string[] = [];
    for (const node of front) {
      for (const edge of graph.out(node)) {
        if (edge.to === start) return pathTo(cameBy, start, edge);
        if (cameBy.has(edge.to)) continue;
        cameBy.set(edge.to, edge);
        next.push(edge.to);
      }
    }
    front = next;
  }
  return undefined;
}

function pathTo<E extends Edge>(cameBy: ReadonlyMap<string, E>, start: string, last: E): readonly E[] {
  const path = [last];
  for (let at = last.from; at !== start; ) {
    const edge = cameBy.get(at);
    if (!edge) break;
    path.unshift(edge);
    at = edge.from;
  }
  return path;
}
