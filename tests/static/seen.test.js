// What a room of drawings comes to, against the numbers that test_latent.py wrote with ae.
// Tolerances as in latent.test.js and network.test.js.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { meanCode, nearestPair, unpack as unpackMap } from "../../static/latent.js";
import { decode, unpack } from "../../static/network.js";
import { Sights, see } from "../../static/seen.js";

const PIXEL = 0.01;
const ERROR = 1e-4;
const CODE = 2e-3; // of the largest number in the codes
const PLACE = 0.01; // of the map's width

const folder = join(process.env.GARGALO_ORACLE, "rooms");

function close(actual, expected, tolerance, what) {
  assert.equal(actual.length, expected.length, what);
  expected.forEach((value, i) => {
    const miss = Math.abs(actual[i] - value);
    assert(miss <= tolerance, `${what}[${i}]: ${actual[i]}, not ${value} ± ${tolerance}`);
  });
}

for (const name of readdirSync(folder)) {
  const read = (file) => new Uint8Array(readFileSync(join(folder, name, file)));
  const network = unpack(read("network"));
  const map = unpackMap(read("map"));
  const oracle = JSON.parse(readFileSync(join(folder, name, "room.json"), "utf-8"));
  const { texts } = oracle;
  const sights = texts.map((text) => see(network, text));
  const units = sights[0].code.length;
  const codes = Float32Array.from(sights.flatMap(({ code }) => [...code]));

  describe(`${name}: a room of ${texts.length} drawings, as in Python`, () => {
    test("each is reconstructed, and how well", () => {
      oracle.reconstructions.forEach((digit, i) => {
        close(sights[i].reconstruction, digit, PIXEL, texts[i]);
      });
      const errors = sights.map(({ error }) => error);
      close(errors, oracle.errors, ERROR, "errors");
      assert.equal(errors.indexOf(Math.max(...errors)), oracle.strangest);
    });

    test("their average is decoded", () => {
      const average = meanCode({ codes, units }, [...sights.keys()]);
      close(decode(network.decoder, average), oracle.average, PIXEL, "the average");
    });

    test("two of them are most alike", () => {
      const { pair, distance } = nearestPair(codes, units);
      assert.deepEqual(pair, oracle.pair);
      close([distance], [oracle.distance], CODE * oracle.largest, "their distance");
    });

    test("each has its place, after all are seen", () => {
      const room = new Sights();
      room.want(network, map, texts);
      let turns = 1;
      while (room.work(() => true)) {
        assert.equal(texts.filter((text) => room.of(text)).length, Math.min(turns, texts.length));
        turns += 1;
      }
      assert.equal(turns, 2 * texts.length + 1);
      const away = texts.map((text, i) => {
        const [x, y] = room.placeOf(text);
        return Math.hypot(x - oracle.places[i][0], y - oracle.places[i][1]);
      });
      // Two neighbours that are all but equally near may change their rank: seldom.
      const strayed = away.filter((distance) => distance > PLACE * oracle.width);
      assert(strayed.length <= texts.length / 20, `${strayed}`);
    });
  });
}

describe("what is seen of drawings", () => {
  const [first, second] = readdirSync(folder).map((name) =>
    unpack(new Uint8Array(readFileSync(join(folder, name, "network")))),
  );
  const { texts } = JSON.parse(
    readFileSync(join(folder, readdirSync(folder)[0], "room.json"), "utf-8"),
  );
  const all = (room) => {
    while (room.work(() => false));
    return room;
  };

  test("nothing, while the model is not here", () => {
    const room = new Sights();
    room.want(null, null, texts);
    assert.equal(
      room.work(() => true),
      false,
    );
    assert.equal(room.of(texts[0]), undefined);
  });

  test("stays while it is wanted, and no longer", () => {
    const room = new Sights();
    room.want(first, null, texts.slice(0, 3));
    const seen = all(room).of(texts[1]);
    assert(seen && room.placeOf(texts[1]) === null);
    room.want(first, null, texts.slice(1, 3));
    assert.equal(room.of(texts[1]), seen);
    assert.equal(room.of(texts[0]), undefined);
    room.want(second, null, texts.slice(1, 3));
    assert.equal(room.of(texts[1]), undefined);
    assert.notDeepEqual(all(room).of(texts[1]).code, seen.code);
  });

  test("of a drawing without ink, or of none, that there is nothing", () => {
    assert(see(first, "AQEBAAA")); // a dot in the corner
    assert.equal(see(first, "AQEByAbIBg"), null); // a dot outside of the canvas
    assert.equal(see(first, "nonsense"), null);
  });
});
