"""What makes two uploads the same one."""

from hashlib import sha256


def upload_id(bank_id: str, content: bytes) -> str:
    """Id of an upload, 32 lower-case hexadecimal digits made of bank and content: resubmitted, it is the same."""
    return sha256(f"{bank_id}\n{sha256(content).hexdigest()}".encode()).hexdigest()[:32]
