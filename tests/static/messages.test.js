// static/messages.js against what hub/protocol.py takes and refuses, written by test_latent.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checker } from "../../static/messages.js";

const path = join(process.env.GARGALO_ORACLE, "messages.json");
const { table, cases } = JSON.parse(readFileSync(path, "utf-8"));

test(`${cases.length} messages are judged as in Python`, () => {
  const check = checker(table);
  for (const { message, sender, taken } of cases) {
    assert.equal(check(message, sender), taken, `${sender}: ${JSON.stringify(message)}`);
  }
});
