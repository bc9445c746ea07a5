// How long one frame's arithmetic takes while a line is drawn: what static/live.js does of it for
// each model. frame.py gives a packed network and the lengths of the lines, and reads the times.

import { readFileSync } from "node:fs";
import { lifted, normalForm } from "../static/drawing.js";
import { decode, ink, through, unpack } from "../static/network.js";
import { rgba, signed } from "../static/raster.js";

const SIZE = 280;
const [path, repeats, ...lengths] = process.argv.slice(2);
const { encoder, decoder } = unpack(new Uint8Array(readFileSync(path)));

// A curve that fills the canvas, in whole pixels and steps of about four, as a mouse reports it.
function scribble(places) {
  const at = (i, speed) => Math.round(140 + 120 * Math.sin(speed * i));
  return Array.from({ length: places }, (_, i) => [at(i, 0.031), at(i, 0.0237)]);
}

function frame(line) {
  const began = performance.now();
  const digit = normalForm([lifted(line)], SIZE);
  const formed = performance.now();
  const code = through(encoder, digit).at(-1);
  const reconstruction = decode(decoder, code);
  const computed = performance.now();
  rgba(digit);
  rgba(reconstruction);
  signed(reconstruction.map((value, i) => value - digit[i]));
  ink(digit, reconstruction);
  const painted = performance.now();
  return {
    form: formed - began,
    network: computed - formed,
    pictures: painted - computed,
    whole: painted - began,
  };
}

const times = lengths.map((length) => {
  const line = scribble(Number(length));
  for (let i = 0; i < 50; i++) frame(line); // compile
  return Array.from({ length: Number(repeats) }, () => frame(line));
});
console.log(JSON.stringify(times));
