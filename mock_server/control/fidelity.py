"""`/_mock/fidelity`: how each behaviour is known."""

import msgspec

from mock_server.control.kinds import OPEN
from mock_server.documents.reading import read_document
from mock_server.documents.shipped import fixtures_folder
from mock_server.http.context import RequestContext
from mock_server.http.operation import Resource
from mock_server.wire.control.findings import FidelityList


def resources() -> list[Resource]:
    """Return the resource of the fidelity table."""
    return [
        Resource(
            "/_mock/fidelity",
            {
                "GET": OPEN(
                    name="fidelity",
                    summary="List every behaviour and how it is known.",
                    handler=fidelity,
                    response=FidelityList,
                )
            },
        ),
    ]


def fidelity(_: RequestContext) -> FidelityList:
    """List every behaviour and how it is known."""
    return msgspec.convert(read_document(fixtures_folder() / "fidelity.yaml").value, FidelityList)
