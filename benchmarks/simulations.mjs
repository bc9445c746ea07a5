// How long a whole training on made data takes: what static/simulation_view.js does of it, without
// the painting. simulations.py gives what the page gets, and reads the times: of the processor, so
// that it matters little what else a machine does.

import { readFileSync } from "node:fs";
import { open } from "../static/packed.js";
import { Training } from "../static/simulation.js";

const [path, repeats, most] = process.argv.slice(2);
const { header, read } = open(new Uint8Array(readFileSync(path)));

function trained(made, points) {
  const began = process.cpuUsage();
  for (const widths of Object.values(made.widths)) {
    const starts = read(widths.join("-"));
    const start = starts.subarray(0, starts.length / header.seeds);
    const training = new Training(widths, start, points, header.recipe);
    while (!training.done) training.step();
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

const times = header.made.map((made) => {
  const own = Array.from(read(made.name));
  const many = Array.from({ length: most * made.dimensions }, (_, at) => own[at % own.length]);
  return [own, many].map((points) =>
    Array.from({ length: Number(repeats) }, () => trained(made, points)),
  );
});
console.log(JSON.stringify(times));
