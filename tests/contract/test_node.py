"""The official npm package, where node is at hand."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.node, pytest.mark.registry]
NPM, NODE = shutil.which("npm"), shutil.which("node")
VERSION = "7.57.0"

SCRIPT = """
import assert from "node:assert";
import OpenAI, { NotFoundError } from "openai";

const client = new OpenAI();
const session = await client.beta.chatkit.sessions.create({ user: "ada", workflow: { id: "wf_1" } });
assert.equal(session.status, "active");
assert.equal((await client.beta.chatkit.sessions.cancel(session.id)).status, "cancelled");
const threads = [];
for await (const thread of client.beta.chatkit.threads.list({ limit: 1, order: "asc" })) threads.push(thread.id);
assert.deepEqual(threads, ["cthr_demo", "cthr_demo_locked", "cthr_demo_closed"]);
const items = await client.beta.chatkit.threads.listItems("cthr_demo");
assert.equal(items.data.length, 6);
assert.equal((await client.beta.chatkit.threads.retrieve("cthr_demo")).user, "ada");
assert.equal((await client.beta.chatkit.threads.delete("cthr_demo")).deleted, true);
await assert.rejects(client.beta.chatkit.threads.retrieve("cthr_demo"), NotFoundError);
console.log("done");
"""

TEST = """
import assert from "node:assert";
import test from "node:test";
import OpenAI, { InternalServerError } from "openai";

test("a retry", async () => {
  const fault = { match: { operation: "sessions.create" }, do: { error: 500 }, times: 1 };
  const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(fault) };
  const control = process.env.CHATKIT_MOCK_URL + "/_mock";
  assert.equal((await fetch(control + "/faults", options)).status, 200);
  const create = { user: "ada", workflow: { id: "wf_1" } };
  await assert.rejects(new OpenAI({ maxRetries: 0 }).beta.chatkit.sessions.create(create), InternalServerError);
  assert.equal((await new OpenAI().beta.chatkit.sessions.create(create)).status, "active");
  const { data } = await (await fetch(control + "/requests?operation=sessions.create&order=asc")).json();
  assert.deepEqual(data.map((request) => request.status), [500, 200]);
});
"""


@pytest.mark.skipif(not (NPM and NODE), reason="node and npm are not installed here")
def test_serves_the_npm_package(tmp_path: Path) -> None:
    assert NPM
    assert NODE
    install = [NPM, "install", "--no-audit", "--no-fund", "--silent", f"openai@{VERSION}"]
    subprocess.run(install, cwd=tmp_path, check=True, stdin=subprocess.DEVNULL)
    (tmp_path / "check.mjs").write_text(SCRIPT)
    command = [sys.executable, "-m", "mock_server", "run", "--load", "demo", "--", NODE, "check.mjs"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "CHATKIT_"))}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("done\n", "")
    (tmp_path / "session.test.mjs").write_text(TEST)
    command = [sys.executable, "-m", "mock_server", "run", "--", NODE, "--test"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "pass 1" in done.stdout
