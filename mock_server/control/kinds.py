"""The kinds of operations of the control plane."""

from functools import partial

from mock_server.control.guard import same_machine
from mock_server.http.operation import Operation
from mock_server.wire.control.projects import ProjectQuery

OPEN = partial(Operation, guard=lambda _: None)
CONTROL = partial(Operation, guard=same_machine, query=ProjectQuery, refuses_body=True, failures=(400, 403))
WITH_BODY = partial(CONTROL, failures=(400, 403, 413))
WITH_ID = partial(CONTROL, failures=(400, 403, 404))
