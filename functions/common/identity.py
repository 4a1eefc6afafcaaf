"""The identity of an upload."""

from hashlib import sha256


def upload_id(bank_id: str, content: bytes) -> str:
    """The upload's id, 32 lower-case hexadecimal digits of bank and content: the same when it is submitted again."""
    return sha256(f"{bank_id}\n{sha256(content).hexdigest()}".encode()).hexdigest()[:32]
