"""The protocol's messages are the ones that the definitions generate."""

from pathlib import Path

from terraform_provider import protocol
from terraform_provider.generate.messages import write_messages


def test_the_messages_are_up_to_date(tmp_path: Path) -> None:
    assert write_messages(tmp_path) == 0
    written = {path.name: path.read_text() for path in (tmp_path / "terraform_provider" / "protocol").iterdir()}
    assert written == {path.name: path.read_text() for path in Path(protocol.__path__[0]).glob("*_pb2.py*")}
