"""What is there to begin with: documents that the emulator ships, and ids that it has told."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import yaml

from fuzz.cases import Random
from mock_server.documents.shipped import shipped, shipped_file

_ID = re.compile(r'"(?:\w*id|client_secret|name|value|user)": ?"([^"\\]{1,200})"')
_KEPT = 8  # of each kind
# What a parameter or a key of this name holds.
_KINDS = {
    "session_id": "cksess",
    "session": "cksess",
    "thread_id": "cthr",
    "thread": "cthr",
    "file_id": "cfile",
    "attachment_id": "cfile",
    "request_id": "req",
    "fault_id": "fault",
    "workflow_id": "wf",
    "workflow": "wf",
}


def shipped_documents() -> dict[str, list[Any]]:
    """Documents by the operations that take them."""
    found = {name: list(_documents(folder)) for name, folder in _FOLDERS.items()}
    found["faults.add"] = [rule for document in found["faults.replace"] for rule in document["faults"]]
    return found


_FOLDERS = {"workflows.add": "workflows", "load": "seeds", "faults.replace": "faults"}


def _documents(folder: str) -> Iterator[Any]:
    for name in shipped(folder):
        document = json.loads(json.dumps(yaml.safe_load(shipped_file(folder, name).read_text("utf-8")), default=str))
        yield {"id": name, **document} if folder == "workflows" else document


class Known:
    """Ids and names that are there, the newest of each kind."""

    def __init__(self, chance: Random, *names: str) -> None:
        self._chance, self._by_kind = chance, defaultdict[str, list[str]](list)
        for name in names:
            self.add(name)

    def learn(self, text: str) -> None:
        """Add what a response shows."""
        for name in _ID.findall(text)[:20]:
            self.add(name)

    def add(self, name: str) -> None:
        """Add an id, a secret or another name."""
        kind = self._by_kind[name.partition("_")[0] if "_" in name else ""]
        if name not in kind:
            kind.append(name)
            del kind[:-_KEPT]

    def any(self, key: str = "") -> str:
        """One that fits a key, or else any."""
        if key == "project":
            return self._by_kind[""][0]
        kind = self._by_kind.get(_KINDS.get(key, ""))
        return self._chance.choice(kind or self._chance.choice([*self._by_kind.values()]))

    @property
    def secrets(self) -> list[str]:
        """The client secrets."""
        return self._by_kind["ek"]
