"""Names of the environment variables that the compute stack sets and the functions read."""

from typing import Final

REPORTS_BUCKET: Final = "REPORTS_BUCKET"
UPLOADS_TABLE: Final = "UPLOADS_TABLE"
TRANSACTIONS_TABLE: Final = "TRANSACTIONS_TABLE"
BANKS_TABLE: Final = "BANKS_TABLE"
OUTCOMES_TOPIC_ARN: Final = "OUTCOMES_TOPIC_ARN"
STATE_MACHINE_ARN: Final = "STATE_MACHINE_ARN"
LARGE_STATE_MACHINE_ARN: Final = "LARGE_STATE_MACHINE_ARN"
BANK_CALENDARS: Final = "BANK_CALENDARS"
"""A JSON list of `BankCalendar`s; not set where no bank has a calendar."""
ALLOWED_ORIGINS: Final = "ALLOWED_ORIGINS"
"""Separated by spaces; not set where there are none."""
LOG_LEVEL: Final = "LOG_LEVEL"
ENVIRONMENT_SUFFIX: Final = "ENVIRONMENT_SUFFIX"
