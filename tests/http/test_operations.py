"""Every operation leads to a handler that takes what the operation decodes."""

from inspect import Parameter, signature

import pytest
from support.emulator import make_app

from mock_server import control
from mock_server.http.context import RequestContext
from mock_server.http.operation import Operation

OPERATIONS = [
    pytest.param(operation, id=operation.name)
    for resource in [*make_app()._resources, *control.resources()]
    for operation in resource.operations.values()
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_handler_takes_what_is_decoded(operation: Operation) -> None:
    taken = [
        parameter.annotation
        for parameter in signature(operation.handler).parameters.values()
        if not is_keyword(parameter)
    ]
    decoded = [each for each in (operation.query, operation.body) if each is not None]
    assert taken[0] is RequestContext
    assert len(taken) == 1 + len(decoded)
    assert all(issubclass(each, wanted) for wanted, each in zip(taken[1:], decoded, strict=True))


def is_keyword(parameter: Parameter) -> bool:
    """Return whether a parameter is bound by the route, as in `partial(end, ending="expired")`."""
    return parameter.kind is Parameter.KEYWORD_ONLY
