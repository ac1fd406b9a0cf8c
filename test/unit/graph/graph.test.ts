// Graphs, their orders and their cycles.

import { describe, expect, test } from 'vitest';
import { findCycle } from '../../../src/graph/cycle.ts';
import { createGraph, type Edge, reachable } from '../../../src/graph/graph.ts';
import { topologicalOrder } from '../../../src/graph/order.ts';
import { fc } from '../properties.ts';

const edges = (...pairs: readonly string[]): Edge[] => pairs.map(pair => ({ from: pair[0] ?? '', to: pair[1] ?? '' }));

describe('a graph', () => {
  test('is sorted, has each edge once, and none to what is no node', () => {
    const graph = createGraph('cba', edges('ca', 'ab', 'ab', 'ax', 'xa'));
    expect(graph.nodes).toEqual(['a', 'b', 'c']);
    expect(graph.edges).toEqual(edges('ab', 'ca'));
    expect(graph.into('a')).toEqual(edges('ca'));
    expect(graph.out('nowhere')).toEqual([]);
  });

  test('is walked along edges or against them, over those that are wanted', () => {
    const graph = createGraph('abcd', edges('ab', 'bc', 'dc'));
    expect(reachable(graph, ['b'], 'out')).toEqual(['b', 'c']);
    expect(reachable(graph, ['c'], 'into')).toEqual(['a', 'b', 'c', 'd']);
    expect(reachable(graph, ['c'], 'into', edge => edge.from !== 'b')).toEqual(['c', 'd']);
  });
});

describe('an order', () => {
  test('has needed ones first, and is alphabetical where nothing is needed', () => {
    expect(topologicalOrder(createGraph('abc', []))).toEqual(['a', 'b', 'c']);
    expect(topologicalOrder(createGraph('abcd', edges('ab', 'ac', 'bd', 'cd')))).toEqual(['d', 'b', 'c', 'a']);
  });

  test('puts every node after those it needs, whatever the graph', () => {
    const pair = fc.tuple(fc.nat(30), fc.nat(30)).filter(([a, b]) => a !== b);
    fc.assert(
      fc.property(fc.array(pair), pairs => {
        const down = pairs.map(([a, b]) => ({ from: String(Math.max(a, b)), to: String(Math.min(a, b)) }));
        const graph = createGraph(
          Array.from({ length: 31 }, (_, index) => String(index)),
          down,
        );
        const order = topologicalOrder(graph);
        expect(order.length).toBe(31);
        for (const { from, to } of down) expect(order.indexOf(to)).toBeLessThan(order.indexOf(from));
      }),
    );
  });

  test('does not exist in a circle', () => {
    expect(() => topologicalOrder(createGraph('ab', edges('ab', 'ba')))).toThrow();
  });
});

describe('a cycle', () => {
  test('is the shortest there is, as a chain of edges', () => {
    const graph = createGraph('abcdef', edges('ab', 'bc', 'ca', 'de', 'ed', 'ef'));
    expect(findCycle(graph)).toEqual(edges('de', 'ed'));
  });

  test('may be one node that needs itself', () => {
    expect(findCycle(createGraph('ab', edges('ab', 'bb')))).toEqual(edges('bb'));
  });

  test('is absent from a diamond', () => {
    expect(findCycle(createGraph('abcd', edges('ab', 'ac', 'bd', 'cd')))).toBeUndefined();
  });

  test('is found in a graph of thousands of nodes', () => {
    const names = Array.from({ length: 5000 }, (_, index) => String(index));
    const ring = names.map((from, index) => ({ from, to: names[(index + 1) % names.length] ?? '' }));
    expect(findCycle(createGraph(names, [...ring, { from: '11', to: '10' }]))?.map(edge => edge.from)).toEqual(['10', '11']);
    expect(findCycle(createGraph(names, ring))?.length).toBe(5000);
  });
});
