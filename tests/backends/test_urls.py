"""A server of the user's own at a URL."""

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from support.conversing import CREATE, Own, begin, frames_after, items_of, post
from support.local_server import Handler, serving
from support.patience import eventually

from mock_server.errors import BackendUnusable
from mock_server.server.tls import self_signed  # type: ignore[attr-defined,unused-ignore]
from mock_server.testing import ChatKitMock
