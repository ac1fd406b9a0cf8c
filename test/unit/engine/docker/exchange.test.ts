import { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { exchanges } from '../../../../src/engine/docker/exchange.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const get = (path: string, signal?: AbortSignal) => ({ method: 'GET', path, host: 'docker', signal });

/** The far side of a connection: what was sent to it, and a way to answer, end or break it. */
function connection() {
  const sent: string[] = [];
  const near = new Duplex({
    read: () => undefined,
    write: (chunk, _, done) => {
      sent.push(String(chunk));
      done();
    },
  });
  return {
    near,
    sent,
    answer: (text: string) => near.push(bytes(text)),
    end: () => near.push(null),
    break: (error: Error) => near.destroy(error),
  };
}

/** Connections as they are dialled, each waiting to be answered by the test. */
function peers(limit = 64, now?: () => number) {
  const dialled: ReturnType<typeof connection>[] = [];
  const client = exchanges(
    () => {
      const peer = connection();
      dialled.push(peer);
      return peer.near;
    },
    limit,
    now,
  );
  return { client, dialled, peer: (index: number) => dialled[index]! };
}

/** Lets everything happen that is due. */
const settled = () => new Promise(resolve => setImmediate(resolve));
const ok = (text: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;

describe('exchanges', () => {
  test('one after the other go over one connection, side by side over several', async () => {
    const { client, dialled, peer } = peers();
    const first = client.exchange(get('/a'));
    const second = client.exchange(get('/b'));
    await settled();
    expect(dialled).toHaveLength(2);
    peer(0).answer(ok('A'));
    peer(1).answer(ok('B'));
    expect((await first).body.toString() + (await second).body.toString()).toBe('AB');
    const third = client.exchange(get('/c'));
    await settled();
    expect(dialled).toHaveLength(2);
    expect(peer(1).sent.at(-1)).toBe('GET /c HTTP/1.1\r\nHost: docker\r\n\r\n');
    peer(1).answer(ok('C'));
    expect((await third).body.toString()).toBe('C');
  });

  test('a body is sent with its length and type, and what changes something says that it has none', async () => {
    const { client, peer } = peers();
    const body = Buffer.from('{"Image":"ü"}');
    const made = client.exchange({ method: 'POST', path: '/containers/create', host: 'h:2375', body });
    await settled();
    expect(peer(0).sent.join('')).toBe(
      `POST /containers/create HTTP/1.1\r\nHost: h:2375\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    peer(0).answer('HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n');
    expect(await made).toMatchObject({ status: 201 });
    const gone = client.exchange({ method: 'DELETE', path: '/x', host: 'docker' });
    await settled();
    expect(peer(0).sent.at(-1)).toBe('DELETE /x HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n\r\n');
    peer(0).answer('HTTP/1.1 204 No Content\r\n\r\n');
    expect(await gone).toMatchObject({ status: 204 });
  });

  test('a question on a kept connection that is closed just then is asked again on another; what changes something is not', async () => {
    for (const [method, asksAgain] of [
      ['GET', true],
      ['POST', false],
    ] as const) {
      const { client, dialled, peer } = peers();
      const first = client.exchange(get('/a'));
      await settled();
      peer(0).answer(ok('A'));
      await first;
      const second = client.exchange({ method, path: '/b', host: 'docker' });
      second.catch(() => undefined);
      await settled();
      peer(0).end();
      await settled();
      expect(dialled).toHaveLength(asksAgain ? 2 : 1);
      if (asksAgain) {
        peer(1).answer(ok('B'));
        expect((await second).body.toString()).toBe('B');
      } else await expect(second).rejects.toMatchObject({ code: 'ECONNRESET' });
    }
  });

  test('a kept connection that was closed this very moment is not used again', async () => {
    const { client, dialled, peer } = peers();
    const post = (path: string) => client.exchange({ method: 'POST', path, host: 'docker' });
    const first = post('/a');
    await settled();
    peer(0).answer('HTTP/1.1 204 No Content\r\n\r\n');
    await first;
    peer(0).near.destroy();
    const second = post('/b');
    await settled();
    expect(dialled).toHaveLength(2);
    peer(1).answer('HTTP/1.1 204 No Content\r\n\r\n');
    expect(await second).toMatchObject({ status: 204 });
  });

  test('a connection that is closed with its answer is not used again', async () => {
    const { client, dialled, peer } = peers();
    const post = (path: string) => client.exchange({ method: 'POST', path, host: 'docker' });
    const both = post('/a').then(() => post('/b'));
    await settled();
    peer(0).answer('HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    await settled();
    expect(dialled).toHaveLength(2);
    peer(1).answer('HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n');
    expect(await both).toMatchObject({ status: 201 });
  });

  test('a connection that the other side is about to close is not used again', async () => {
    let now = 0;
    const { client, dialled, peer } = peers(64, () => now);
    const ask = async (path: string, peerAt: number) => {
      const answer = client.exchange({ method: 'POST', path, host: 'docker' });
      await settled();
      peer(peerAt).answer('HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=5\r\n\r\n');
      await answer;
    };
    await ask('/a', 0);
    now = 3900;
    await ask('/b', 0);
    now += 4000;
    await ask('/c', 1);
    expect(dialled).toHaveLength(2);
    expect(peer(0).near.destroyed).toBe(true);
  });

  test('an answer that is cut, and a connection that cannot be opened, say so', async () => {
    const { client, peer } = peers();
    const cut = client.exchange(get('/a'));
    cut.catch(() => undefined);
    await settled();
    peer(0).answer('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf');
    peer(0).end();
    await expect(cut).rejects.toMatchObject({ code: 'ECONNRESET' });
    const refused = client.exchange(get('/b'));
    refused.catch(() => undefined);
    await settled();
    peer(1).break(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a signal ends its own exchange alone, also one that had come before', async () => {
    const { client, peer } = peers();
    const stop = new AbortController();
    const ended = client.exchange(get('/a', stop.signal));
    const other = client.exchange(get('/b'));
    ended.catch(() => undefined);
    await settled();
    stop.abort();
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
    expect(peer(0).near.destroyed).toBe(true);
    peer(1).answer(ok('B'));
    expect((await other).body.toString()).toBe('B');
    await expect(client.exchange(get('/c', stop.signal))).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('more at once than allowed wait for a connection, also where one of those under way breaks', async () => {
    const { client, dialled, peer } = peers(2);
    const asked = ['/a', '/b', '/c', '/d'].map(path => client.exchange(get(path)));
    for (const one of asked) one.catch(() => undefined);
    await settled();
    expect(dialled).toHaveLength(2);
    peer(0).answer(ok('A'));
    await settled();
    expect(peer(0).sent.at(-1)).toContain('GET /c ');
    peer(1).break(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    await settled();
    expect(peer(2).sent.at(-1)).toContain('GET /d ');
    peer(0).answer(ok('C'));
    peer(2).answer(ok('D'));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });

  test('one that may last has a connection of its own, which is closed after it', async () => {
    const { client, dialled, peer } = peers(1);
    const lasting = client.exchange({ ...get('/wait'), alone: true });
    const short = client.exchange(get('/a'));
    await settled();
    expect(dialled).toHaveLength(2);
    expect(peer(0).sent.at(-1)).toContain('Connection: close');
    peer(1).answer(ok('A'));
    await short;
    peer(0).answer(ok('W'));
    expect((await lasting).body.toString()).toBe('W');
    expect(peer(0).near.destroyed).toBe(true);
  });

  test('a connection that speaks without being asked is given up', async () => {
    const { client, dialled, peer } = peers();
    const first = client.exchange(get('/a'));
    await settled();
    peer(0).answer(ok('A'));
    await first;
    peer(0).answer(ok('surprise'));
    await settled();
    const second = client.exchange(get('/b'));
    await settled();
    expect(dialled).toHaveLength(2);
    peer(1).answer(ok('B'));
    expect((await second).body.toString()).toBe('B');
  });

  test('bytes behind a whole answer end the connection, in the same piece too', async () => {
    const { client, dialled, peer } = peers();
    const first = client.exchange(get('/a'));
    await settled();
    peer(0).answer(`${ok('A')}HTTP/1.1 200 OK`);
    expect((await first).body.toString()).toBe('A');
    const second = client.exchange(get('/b'));
    await settled();
    expect(dialled).toHaveLength(2);
    peer(1).answer(ok('B'));
    expect((await second).body.toString()).toBe('B');
  });

  test('a signal ends one that waits for a connection, and costs nobody theirs', async () => {
    const { client, dialled, peer } = peers(1);
    const stop = new AbortController();
    const first = client.exchange(get('/a'));
    const waiting = client.exchange(get('/b', stop.signal));
    const last = client.exchange(get('/c'));
    waiting.catch(() => undefined);
    await settled();
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    peer(0).answer(ok('A'));
    await first;
    await settled();
    expect(peer(0).sent.at(-1)).toContain('GET /c ');
    peer(0).answer(ok('C'));
    expect((await last).body.toString()).toBe('C');
    expect(dialled).toHaveLength(1);
  });

  test('closing ends all that is under way or waits, also what has a connection of its own, and dials no more', async () => {
    const { client, dialled, peer } = peers(1);
    const asked = [client.exchange(get('/a')), client.exchange(get('/b')), client.exchange({ ...get('/wait'), alone: true })];
    const outcomes = Promise.allSettled(asked);
    await settled();
    client.close();
    expect((await outcomes).map(outcome => outcome.status === 'rejected' && outcome.reason.code)).toEqual(Array(3).fill('ECONNRESET'));
    expect(dialled).toHaveLength(2);
    expect([peer(0), peer(1)].every(({ near }) => near.destroyed)).toBe(true);
  });
});
