// The pages of docs/errors say what fig says: their examples are played, and what is printed is compared. FIG_WRITE_PAGES=1 writes it instead,
// for when a message has become better.
import { describe, expect, test } from 'vitest';
import { type Code, codes } from '../../../src/diagnostics/codes.ts';
import { errorPage, play, writeSession } from '../../rig/error-pages.ts';

/** Codes that come from an engine, from running, or from a file that may not be written: their examples cannot be played here. */
const unplayed = /^(?:engine\.(?!unreachable)|execute\.|request\.(?:orphans|nothing)|files\.unwritable)/;
const played = (Object.keys(codes) as Code[]).filter(code => !unplayed.test(code));

describe('the example of a page is what fig prints', () => {
  test.each(played)('%s', async code => {
    const page = errorPage(code);
    const session = await play(page);
    if (process.env['FIG_WRITE_PAGES'] === '1') writeSession(page, session);
    expect(session).toContain(`${codes[code].severity}[${code}]`);
    expect(errorPage(code).session).toBe(session);
  });
});
