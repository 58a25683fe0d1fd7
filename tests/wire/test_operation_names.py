"""The names by which operations are chosen are those that are served."""

from typing import get_args

from mock_server.api.routes import resources
from mock_server.wire.chat.operations import OPERATIONS
from mock_server.wire.control.operations import OperationName


def test_each_operation_and_each_group_can_be_chosen() -> None:
    served = {operation.name for resource in resources() for operation in resource.operations.values()}
    served |= {f"conversation.{name}" for name in OPERATIONS}
    groups = {name.rsplit(".", depth)[0] for name in served for depth in range(1, name.count(".") + 1)}
    assert set(get_args(OperationName)) == served | groups
