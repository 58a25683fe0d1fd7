"""Uploads, where a `ChatKitServer` of the user's own answers."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from mock_server.client.transport import ControlError
from mock_server.testing import ChatKitMock
from mock_server.wire.rest.sessions import ChatSession

if TYPE_CHECKING:
    from support.user_server import UserServer

Json = dict[str, Any]
UPLOADS = {"file_upload": {"enabled": True, "max_files": 2, "max_file_size": 1}}
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def servers() -> "list[UserServer]":
    """The servers that were made, the latest one last."""
    return []


@pytest.fixture
def mock(servers: "list[UserServer]") -> Iterator[ChatKitMock]:
    from chatkit import types as ck  # noqa: PLC0415 - its import takes two seconds
    from chatkit.store import AttachmentStore  # noqa: PLC0415
    from support.user_server import UserServer, UserStore  # noqa: PLC0415

    class Attachments(AttachmentStore[Any]):
        def __init__(self, store: UserStore) -> None:
            self.store = store

        async def create_attachment(
            self,
            input: ck.AttachmentCreateParams,  # noqa: A002 - the name is theirs
            context: Any,
        ) -> ck.Attachment:
            if input.name == "broken":
                raise OSError("the disk is gone")
            made = ck.FileAttachment(id="atc_1", name=input.name, mime_type=input.mime_type)
            await self.store.save_attachment(made, context)
            return made

        async def delete_attachment(self, attachment_id: str, context: Any) -> None:
            pass

    class WithAttachments(UserServer):
        def __init__(self) -> None:
            super().__init__()
            self.attachment_store = Attachments(self.store)

    def make() -> UserServer:
        servers.append(WithAttachments())
        return servers[-1]

    with ChatKitMock(backend=make) as started:
        yield started


def session(mock: ChatKitMock, configuration: Mapping[str, Any] | None = UPLOADS) -> ChatSession:
    return mock.create_session(user="ann", chatkit_configuration=configuration)


def upload(mock: ChatKitMock, of: ChatSession, name: str, content: bytes) -> Any:
    with mock.http_client(headers={"authorization": f"Bearer {of.client_secret}"}) as http:
        return http.post("/v1/chatkit/files", files={"file": (name, content)})


def test_the_store_knows_of_a_file_before_the_message(mock: ChatKitMock, servers: "list[UserServer]") -> None:
    created = session(mock)
    uploaded = upload(mock, created, "a.pdf", b"%PDF-1.7").json()
    turn = mock.secret(created).send("look", attachments=(uploaded["id"],))
    (message, _) = turn.items
    assert [(each.id, each.name) for each in message.attachments] == [(uploaded["id"], "a.pdf")]  # type: ignore[union-attr]
    (context,) = servers[-1].contexts
    assert context.bytes_of(uploaded["id"]) == b"%PDF-1.7"
    assert context["bytes_of"](uploaded["id"]) == b"%PDF-1.7"


def test_an_image_has_its_preview(mock: ChatKitMock, servers: "list[UserServer]") -> None:
    uploaded = upload(mock, session(mock), "a.png", PNG).json()
    (kept,) = servers[-1].store.attachments.values()
    assert kept.type == "image"
    assert (kept.id, kept.mime_type) == (uploaded["id"], "image/png")
    assert str(kept.preview_url) == uploaded["preview_url"]
    with mock.http_client(timeout=30) as http:
        assert http.get(str(kept.preview_url)).content == PNG


def test_a_store_that_fails_makes_the_upload_fail(mock: ChatKitMock, servers: "list[UserServer]") -> None:
    created = session(mock)
    upload(mock, created, "a.png", PNG)
    servers[-1].store.broken = True
    for _ in range(2):  # it does not count
        failed = upload(mock, created, "b.png", PNG)
        assert failed.status_code == 500
        assert failed.json()["error"]["message"] == "This server raised OSError: the disk is gone."
    servers[-1].store.broken = False
    assert upload(mock, created, "b.png", PNG).status_code == 200


def test_uploads_that_are_off_never_reach_the_store(mock: ChatKitMock, servers: "list[UserServer]") -> None:
    refused = upload(mock, session(mock, None), "a.png", PNG)
    assert refused.status_code == 400
    assert servers == []
    announced = {"name": "a.png", "size": 8, "mime_type": "image/png"}
    with pytest.raises(ControlError) as caught:
        mock.secret(session(mock, None)).ask("attachments.create", **announced)
    assert caught.value.status == 400
    assert str(caught.value) == str(refused.json()["error"]["message"])
    assert servers == []


def test_two_phase_uploads_go_to_their_attachment_store(mock: ChatKitMock, servers: "list[UserServer]") -> None:
    conversation = mock.secret(session(mock))
    announced = {"size": 8, "mime_type": "image/png"}
    assert conversation.ask("attachments.create", name="a.png", **announced)["id"] == "atc_1"
    for _ in range(3):
        with pytest.raises(ControlError):
            conversation.ask("attachments.create", name="broken", **announced)
    assert list(servers[-1].store.attachments) == ["atc_1"]
    conversation.ask("attachments.create", name="b.png", **announced)
    with pytest.raises(ControlError) as caught:  # the third; those that failed do not count
        conversation.ask("attachments.create", name="c.png", **announced)
    assert caught.value.status == 400


def test_a_size_above_the_sessions_is_refused(mock: ChatKitMock) -> None:
    with pytest.raises(ControlError) as caught:
        mock.secret(session(mock)).ask("attachments.create", name="a.png", size=2 * 1024**2, mime_type="image/png")
    assert caught.value.status == 400


def test_a_context_of_ones_own_gets_the_bytes_too() -> None:
    from support.user_server import UserServer  # noqa: PLC0415 - its import takes two seconds

    made: list[Json] = []

    def context(request: Any, _: Any) -> Json:
        made.append({"user": "ann", "bytes_of": request.state.bytes_of})
        return made[-1]

    with ChatKitMock(backend=UserServer, backend_context=context) as mock:
        created = session(mock)
        uploaded = upload(mock, created, "a.png", PNG).json()
        mock.secret(created).send("look", attachments=(uploaded["id"],))
    assert made[-1]["bytes_of"](uploaded["id"]) == PNG
