"""Files: uploaded in one step or two, shown, sent with a message, and gone when they should be."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from support.emulator import HEADERS, Start, make_app, projects_of, socket_client
from support.talk import Talk, text_of

from mock_server.server.thread import ServerThread

UPLOADS: dict[str, Any] = {"chatkit_configuration": {"file_upload": {"enabled": True, "max_file_size": 1}}}


@pytest.fixture
def talk(client: TestClient) -> Talk:
    return Talk.begin(client, workflow="wf_files", **UPLOADS)


def upload(talk: Talk, name: str = "a.png", content: bytes = b"png", mime: str = "image/png") -> Any:
    headers = {"authorization": f"Bearer {talk.secret}"}
    return talk.client.post("/v1/chatkit/files", files={"file": (name, content, mime)}, headers=headers)


def folder_of(client: TestClient) -> Path:
    return projects_of(client).default.files.contents.path("x").parent


def test_an_image_has_a_preview_and_a_pdf_has_none(talk: Talk) -> None:
    image, pdf = upload(talk).json(), upload(talk, "b.pdf", b"pdf", "application/pdf").json()
    assert image["id"].startswith("cfile_")
    assert {key: image[key] for key in ("name", "mime_type", "type")} == {
        "name": "a.png",
        "mime_type": "image/png",
        "type": "image",
    }
    assert image["preview_url"] == image["upload_url"]
    assert (pdf["type"], "preview_url" in pdf) == ("file", False)


@pytest.mark.parametrize("project", ["", "/p/other"])
def test_its_content_comes_back_without_a_secret(client: TestClient, project: str) -> None:
    body = {"workflow": {"id": "w"}, "user": "ada", **UPLOADS}
    secret = client.post(f"{project}/v1/chatkit/sessions", json=body).json()["client_secret"]
    shown = upload(Talk(client, secret), content=b"\x89PNG").json()
    client.headers.pop("authorization")
    content = client.get(shown["preview_url"])
    assert (content.content, content.headers["content-type"]) == (b"\x89PNG", "image/png")
    assert content.headers["content-security-policy"] == "sandbox"
    assert client.get("/v1/chatkit/files/cfile_x").status_code == 404


def test_a_page_among_the_files_is_downloaded_not_shown(start: Start) -> None:
    client = start(file_types=("*/*",))
    shown = upload(Talk.begin(client, **UPLOADS), "a.html", b"<script>", "text/html").json()
    assert client.get(shown["upload_url"]).headers["content-disposition"].startswith("attachment")


def test_a_message_carries_it_and_the_workflow_reads_it(talk: Talk) -> None:
    shown = upload(talk, "receipt.pdf", b"pdf", "application/pdf").json()
    events = talk.say("", attachments=[shown["id"]])
    assert text_of(events) == "I have read receipt.pdf (application/pdf) ."
    user = events[1]["item"]
    assert (user["content"], user["attachments"][0]["id"]) == ([], shown["id"])
    client = talk.client
    listed = client.get(f"/v1/chatkit/threads/{talk.thread_id}/items?order=asc").json()["data"][0]
    assert listed["attachments"] == [
        {"type": "file", "id": shown["id"], "name": "receipt.pdf", "mime_type": "application/pdf", "preview_url": None}
    ]


def test_another_users_file_cannot_be_used(client: TestClient, talk: Talk) -> None:
    shown = upload(talk).json()
    grace = Talk.begin(client, user="grace")
    message = {"content": [], "attachments": [shown["id"]], "inference_options": {}}
    assert grace.post("threads.create", input=message).status_code == 404
    assert grace.post("attachments.delete", attachment_id=shown["id"]).status_code == 404
    assert grace.json("threads.list")["data"] == []


def test_older_sdks_upload_with_an_api_key(client: TestClient) -> None:
    shown = client.post("/v1/chatkit/files", files={"file": ("a.png", b"x", "image/png")})
    assert shown.status_code == 200
    assert Talk.begin(client).say("look", attachments=[shown.json()["id"]])


def test_two_phases_announce_then_send(talk: Talk) -> None:
    announced = talk.json("attachments.create", name="a.png", size=3, mime_type="image/png")
    descriptor = announced["upload_descriptor"]
    assert descriptor["method"] == "PUT"
    assert talk.client.get(announced["preview_url"]).status_code == 404
    assert talk.client.put(descriptor["url"], content=bytes(1024 * 1024 + 1)).status_code == 400
    assert talk.client.get(announced["preview_url"]).status_code == 404
    assert talk.client.put(descriptor["url"], content=b"png").status_code == 200
    assert talk.client.get(announced["preview_url"]).content == b"png"
    assert talk.client.put(descriptor["url"], content=b"png").status_code == 400
    too_large = talk.post("attachments.create", name="a.png", size=1024 * 1024 + 1, mime_type="image/png")
    assert too_large.json()["error"]["code"] == "chatkit.file_upload_too_large"


def test_a_file_is_gone_with_its_deletion_its_thread_and_a_reset(client: TestClient, talk: Talk) -> None:
    single, sent, left = (upload(talk).json() for _ in range(3))
    talk.say("look", attachments=[sent["id"]])
    assert talk.json("attachments.delete", attachment_id=single["id"]) == {}
    assert client.delete(f"/v1/chatkit/threads/{talk.thread_id}").status_code == 200
    assert [client.get(each["upload_url"]).status_code for each in (single, sent, left)] == [404, 404, 200]
    folder = folder_of(client)
    assert len(list(folder.iterdir())) == 1
    client.post("/_mock/reset")
    assert not folder.exists()


def test_a_refused_file_leaves_nothing_and_costs_no_upload(client: TestClient, talk: Talk) -> None:
    for _ in range(5):
        assert upload(talk, content=b"x" * (1024 * 1024 + 1)).status_code == 400
    assert list(folder_of(client).iterdir()) == []
    assert upload(talk, content=b"x" * 1024 * 1024).status_code == 200


IMAGE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nx\r\n--b--\r\n'


def test_a_file_may_come_after_many_fields(talk: Talk) -> None:
    headers = {"authorization": f"Bearer {talk.secret}", "content-type": "multipart/form-data; boundary=b"}
    fields = b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nx\r\n' * 99
    assert talk.client.post("/v1/chatkit/files", content=fields + IMAGE, headers=headers).json()["name"] == "a.png"


@pytest.mark.parametrize(
    ("content", "content_type", "code"),
    [
        (b"{}", "application/json", "unsupported_content_type"),
        (b"--b--\r\n", "multipart/form-data; boundary=b", "missing_required_parameter"),
        (b"nonsense", "multipart/form-data; boundary=b", "invalid_multipart"),
        (b"--b--\r\n", "multipart/form-data", "invalid_multipart"),
        (b"--b--\r\n", "multipart/form-data; boundary=", "invalid_multipart"),
        (
            b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            "missing_required_parameter",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: image/png\r\n\r\nx',
            "multipart/form-data; boundary=b",
            "invalid_multipart",
        ),
        pytest.param(
            b"--b\r\n\r\nx\r\n" * 101 + IMAGE, "multipart/form-data; boundary=b", "invalid_multipart", id="101 parts"
        ),
    ],
)
def test_what_is_no_upload_gets_the_envelope(talk: Talk, content: bytes, content_type: str, code: str) -> None:
    headers = {"authorization": f"Bearer {talk.secret}", "content-type": content_type}
    answer = talk.client.post("/v1/chatkit/files", content=content, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


MALFORMED = [
    b"nonsense",
    b"--b\r\nx y: z\r\n\r\n--b--\r\n",
    b"--b\r\n: z\r\n\r\n",
    b"--b\r\nx: a\n\r\n",
    b"--b--\r\nmore",
]


@pytest.mark.parametrize("content", MALFORMED)
def test_what_is_no_upload_is_not_logged_either(talk: Talk, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(1):
        headers = {"authorization": f"Bearer {talk.secret}", "content-type": "multipart/form-data; boundary=b"}
        assert talk.client.post("/v1/chatkit/files", content=content, headers=headers).status_code == 400
    assert [record for record in caplog.records if "multipart" in record.name] == []


UNKNOWN = "application/octet-stream"
PDF = b"%PDF-1.7 and so on"


@pytest.mark.parametrize(
    ("name", "content", "given", "expected"),
    [
        ("a.png", b"anything", UNKNOWN, "image/png"),
        ("A.JPG", b"anything", "", "image/jpeg"),
        ("a.webp", b"anything", UNKNOWN, "image/webp"),
        ("a", b"\x89PNG\r\n\x1a\n and so on", UNKNOWN, "image/png"),
        ("upload.tmp", PDF, UNKNOWN, "application/pdf"),
        ("a", b"GIF89a", "", "image/gif"),
        ("a.pdf", b"anything", "image/png", "image/png"),
    ],
)
def test_an_undeclared_type_is_that_of_the_name_or_of_the_first_bytes(
    talk: Talk, name: str, content: bytes, given: str, expected: str
) -> None:
    answer = upload(talk, name, content, given)
    assert (answer.status_code, answer.json().get("mime_type")) == (200, expected)


@pytest.mark.parametrize(("name", "content"), [("a.txt", PDF), ("a", b"nothing known"), ("a", b""), ("a", b"x" * 99)])
def test_an_undeclared_type_that_is_not_accepted_is_refused(
    client: TestClient, talk: Talk, name: str, content: bytes
) -> None:
    answer = upload(talk, name, content, UNKNOWN)
    assert answer.json()["error"]["code"] == "chatkit.file_upload_type_rejected"
    assert list(folder_of(client).iterdir()) == [], "it leaves nothing behind"


def test_the_first_bytes_may_arrive_one_by_one() -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + PDF + b"\r\n--b--\r\n"
    with ServerThread(make_app()) as server, socket_client(server.origin, headers=HEADERS) as web:
        session = web.post("/v1/chatkit/sessions", json={"workflow": {"id": "w"}, "user": "ada", **UPLOADS}).json()
        headers = {
            "authorization": f"Bearer {session['client_secret']}",
            "content-type": "multipart/form-data; boundary=b",
        }
        parts = (body[at : at + 1] for at in range(len(body)))
        assert web.post("/v1/chatkit/files", content=parts, headers=headers).json()["mime_type"] == "application/pdf"


def test_the_first_of_two_phases_takes_the_type_from_the_name(talk: Talk) -> None:
    announced = talk.json("attachments.create", name="a.png", mime_type=UNKNOWN, size=3)
    assert announced["mime_type"] == "image/png"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b", "ä€.png", "x" * 500, '"; rm -rf /', ""])
def test_a_name_is_a_name_and_never_a_path(client: TestClient, talk: Talk, name: str) -> None:
    answer = upload(talk, name)
    if answer.status_code == 200:
        (stored,) = folder_of(client).iterdir()
        assert stored.parent == folder_of(client)
        assert client.get(answer.json()["upload_url"]).content == b"png"
    else:
        assert answer.status_code == 400


def test_any_page_is_verified(client: TestClient, talk: Talk) -> None:
    headers = {"authorization": f"Bearer {talk.secret}"}
    hosted = client.post(
        "/v1/chatkit/domain_keys/verify_hosted", json={"referrer_origin": "https://a"}, headers=headers
    )
    assert hosted.json() == {"verified": True}
    client.headers.pop("authorization")
    assert client.post("/v1/chatkit/domain_keys/verify_hosted", json={"referrer_origin": "x"}).status_code == 401
    own = {"referrer_origin": "https://a", "domain_key": "local"}
    assert client.post("/v1/chatkit/domain_keys/verify", json=own).json() == {"verified": True}
