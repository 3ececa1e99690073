"""What the settings may say of the agent's server, and what is refused in words that help."""

import subprocess
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ssh_server import make_key

from emergency_export.faults import UnusableSettings
from emergency_export.sftp.address import SftpAddress, check_key_file, parse_address, read_host_keys

HERE = SftpAddress("cp", "files.agent.example", 22, "/999")
ELSEWHERE = SftpAddress("cp", "files.agent.example", 2222, "/999")


@pytest.mark.parametrize(
    ("url", "parts", "shown"),
    [
        (
            "sftp://cp@files.agent.example:2222/999",
            ("cp", "files.agent.example", 2222, "/999", b"/999/outbox"),
            "sftp://cp@files.agent.example:2222/999/outbox",
        ),
        (
            "sftp://cp@files.agent.example/999/",
            ("cp", "files.agent.example", 22, "/999", b"/999/outbox"),
            "sftp://cp@files.agent.example:22/999/outbox",
        ),
        ("sftp://cp@h.example/", ("cp", "h.example", 22, "/", b"/outbox"), "sftp://cp@h.example:22/outbox"),
        ("sftp://cp@h.example", ("cp", "h.example", 22, "/", b"/outbox"), "sftp://cp@h.example:22/outbox"),
        ("sftp://cp@h.example/~/in", ("cp", "h.example", 22, "in", b"in/outbox"), "sftp://cp@h.example:22/~/in/outbox"),
        ("sftp://cp@h.example/~", ("cp", "h.example", 22, "", b"outbox"), "sftp://cp@h.example:22/~/outbox"),
        ("sftp://cp@[::1]:22/a", ("cp", "::1", 22, "/a", b"/a/outbox"), "sftp://cp@[::1]:22/a/outbox"),
        (
            "sftp://c%20p@h.example/a%20b",
            ("c p", "h.example", 22, "/a b", b"/a b/outbox"),
            "sftp://c%20p@h.example:22/a%20b/outbox",
        ),
    ],
)
def test_an_address_is_read_and_shown(url, parts, shown):
    address = parse_address(url)
    assert (address.user, address.host, address.port, address.path, address.below("outbox")) == parts
    assert address.shown("outbox") == shown
    assert parse_address(shown.removesuffix("/outbox")) == address


@pytest.mark.parametrize(
    "url",
    [
        "sftp://files.agent.example/999",
        "sftp://cp@/999",
        "sftp://cp@h.example:port/999",
        "sftp://cp@h.example:99999/999",
        "sftp://cp@h.example/999?x=1",
        "sftp://cp@h.example/999#x",
        "sftp:cp@h.example",
        "ftp://cp@h.example/999",
        "",
    ],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(UnusableSettings, match="sftp://user@host:port/path"):
        parse_address(url)


def test_an_address_holds_no_password():
    with pytest.raises(UnusableSettings, match="no password") as refused:
        parse_address("sftp://cp:open-sesame@h.example/999")
    assert "sesame" not in str(refused.value)


@given(st.text(min_size=1), st.text())
def test_any_user_and_path_can_be_written_down(user, path):
    address = parse_address(f"sftp://{quote(user, safe='')}@h.example/{quote(path)}")
    assert (address.user, parse_address(address.shown())) == (user, address)
    assert "//" not in address.shown("outbox").removeprefix("sftp://") or "//" in f"/{path}"


@given(st.text())
def test_any_text_is_an_address_or_refused(text):
    for url in (text, f"sftp://{text}", f"sftp://cp@h.example/{text}"):
        try:
            address = parse_address(url)
        except UnusableSettings:
            continue
        assert parse_address(address.shown()) == address


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    for kind in ("ed25519", "ecdsa"):
        make_key(folder / kind, kind)
    return {kind: (folder / f"{kind}.pub").read_text().strip() for kind in ("ed25519", "ecdsa")}


def test_a_key_is_given_as_its_text(keys):
    (key,) = read_host_keys(f"  {keys['ed25519']} a comment\n", HERE)
    shown = subprocess.run(
        ["ssh-keygen", "-lf", "-"], input=keys["ed25519"], capture_output=True, text=True, check=True
    )
    assert (key.kind, key.fingerprint) == ("ssh-ed25519", shown.stdout.split()[1])
    assert [key.kind for key in read_host_keys("\n".join(keys.values()), HERE)] == [
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "{key}",
        "# a comment\n\n{key} agent",
        "files.agent.example {key}",
        "other.example,files.agent.example {key}\nthird.example ssh-dss AAAA",
        "[files.agent.example]:2222 {other}\nfiles.agent.example {key}",
    ],
)
def test_a_key_is_given_as_a_file(keys, tmp_path, line):
    path = tmp_path / "known"
    path.write_text(line.format(key=keys["ed25519"], other=keys["ecdsa"]))
    assert [key.kind for key in read_host_keys(str(path), HERE)] == ["ssh-ed25519"]


@pytest.mark.parametrize("address", [HERE, ELSEWHERE])
def test_a_name_that_is_hashed_is_found(keys, tmp_path, address):
    path = tmp_path / "known"
    path.write_text(f"{HERE.server} {keys['ed25519']}\n{ELSEWHERE.server} {keys['ecdsa']}\n")
    subprocess.run(["ssh-keygen", "-H", "-f", path], check=True, capture_output=True)
    assert "agent.example" not in path.read_text()
    kinds = [key.kind for key in read_host_keys(str(path), address)]
    assert kinds == ["ssh-ed25519" if address is HERE else "ecdsa-sha2-nistp256"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "neither a public key nor a file"),
        ("/nowhere/at/all", "neither a public key nor a file"),
        ("ssh-ed25519", "neither a public key nor a file"),
        ("ssh-ed25519 AAAA", "damaged"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "damaged"),
        ("ssh-ed25519 not!base64", "damaged"),
        ("ssh-rsa {blob}", "damaged"),
    ],
)
def test_a_key_that_is_none_is_refused(keys, text, told):
    with pytest.raises(UnusableSettings, match=told):
        read_host_keys(text.format(blob=keys["ed25519"].split()[1]), HERE)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("other.example {key}", "has no key of files.agent.example"),
        ("", "has no key of files.agent.example"),
        ("|1|damaged {key}", "has no key of"),
        ("@revoked files.agent.example {key}", "not supported"),
        ("files.agent.example ssh-dss AAAA", "a host key is one of"),
        ("files.agent.example", "a host key is one of"),
    ],
)
def test_a_file_without_the_servers_key_is_refused(keys, tmp_path, line, told):
    path = tmp_path / "known"
    path.write_text(line.format(key=keys["ed25519"]))
    with pytest.raises(UnusableSettings, match=told):
        read_host_keys(str(path), HERE)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o777])
def test_a_private_key_that_others_can_read_is_refused(tmp_path, mode):
    path = tmp_path / "key"
    make_key(path)
    assert check_key_file(str(path)) == path
    path.chmod(mode)
    with pytest.raises(UnusableSettings, match="mode 600"):
        check_key_file(str(path))


def test_a_private_key_is_a_file(tmp_path):
    with pytest.raises(UnusableSettings, match="not a file"):
        check_key_file(str(tmp_path))
    with pytest.raises(UnusableSettings, match="No such file"):
        check_key_file(str(tmp_path / "none"))
