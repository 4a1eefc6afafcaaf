"""What all rules of EventBridge have."""

from typing import Final

ENABLED: Final = "ENABLED"
"""Their state, which they have without it, too. It is said so that a rule that was disabled by hand is a difference:
`./dev diff` shows it, and the next deploy ends it."""
