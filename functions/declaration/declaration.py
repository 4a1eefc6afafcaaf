"""What happens when a bank declares a report: it gets a link by which it can store exactly these bytes, once needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from functions.common.attempts import NewAttempt
from functions.common.banks import Bank
from functions.common.declarations import declared, outlives_a_link
from functions.common.metrics import write_metrics
from functions.common.reports import Reports, look_up
from functions.common.restarts import Restarts
from functions.common.times import Clock, timestamp
from functions.common.uploads import ConcurrentChangeError, Upload, Uploads, upload_id_of
from shared.contracts.metrics import UPLOADS_RECEIVED
from shared.contracts.objects import report_key
from shared.contracts.uploads import ENDED, LINK_TIME, AttemptBy, UploadStatus


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A report as it is declared: the bank's name for it, its size in bytes, and its SHA-256 in lower-case hex."""

    file_name: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Link:
    """A PUT that stores a report. All of the headers are signed: with others, S3 refuses it."""

    url: str
    headers: Mapping[str, str]
    expires_at: str
    """UTC; the PUT has to begin before."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """The report is to be stored by the link."""

    upload: Upload
    link: Link


@dataclass(frozen=True, kw_only=True)
class AlreadyKnown:
    """The report is stored; `upload` is what became of it."""

    upload: Upload


class ReportLinks(Protocol):
    """Makes links by which a report can be stored."""

    def link(self, key: str, declaration: Declaration, *, expires_at: str) -> Link:
        """A link that works from now on for `LINK_TIME`, which ends at `expires_at`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Declarations:
    """Takes declarations. The same report of the same bank is one upload, by whichever door it comes.

    The link stores bytes, which starts the workflow; until then the upload is DECLARED. A request knows its write by
    the attempt, as `intake` does.
    """

    uploads: Uploads
    reports: Reports
    links: ReportLinks
    restarts: Restarts
    clock: Clock
    new_attempt: NewAttempt

    def declare(self, bank: Bank, declaration: Declaration) -> Declared | AlreadyKnown:
        """Declare a report.

        Raises:
            ConcurrentChangeError: another request is changing the upload; declaring it again helps.
            TemporaryError: AWS could not serve the request.
        """
        identity = upload_id_of(bank.bank_id, declaration.sha256)
        known = self.uploads.get(identity)
        if known is None:
            return self._begin(bank, identity, declaration, None)
        if known.status is not UploadStatus.DECLARED and known.status not in ENDED - {UploadStatus.COMPLETED}:
            return AlreadyKnown(upload=known)
        stored = look_up(self.reports, report_key(bank.bank_id, identity))
        if stored is not None:
            # The event of a declared one is on its way; if it is lost, the sweeper finds the report.
            declared_before = known.status is UploadStatus.DECLARED
            return AlreadyKnown(upload=known if declared_before else self._restart(known, stored.size))
        if known.status is UploadStatus.DECLARED and self._is_still_good(known, declaration):
            return self._with_link(known, declaration)
        return self._begin(bank, identity, declaration, known)

    def _begin(
        self, bank: Bank, identity: str, declaration: Declaration, known: Upload | None
    ) -> Declared | AlreadyKnown:
        now = self.clock()
        upload = Upload(
            upload_id=identity,
            bank_id=bank.bank_id,
            status=UploadStatus.DECLARED,
            received_at=timestamp(now),
            updated_at=timestamp(now),
            file_name=declaration.file_name,
            size=declaration.size,
        )
        begun = declared(upload, self.new_attempt(), now=now, known=known)
        written = self.uploads.take_over(begun, known=known) if known else self.uploads.begin(begun)
        current = begun if written else self._get(identity)
        if current.status is not UploadStatus.DECLARED:
            return AlreadyKnown(upload=current)
        if not self._is_still_good(current, declaration):
            raise ConcurrentChangeError(f"upload {identity} is being declared with another size")
        return self._with_link(current, declaration)

    def _is_still_good(self, known: Upload, declaration: Declaration) -> bool:
        # Bytes of one digest have one length: whichever declaration is wrong about it, no PUT by its link succeeds.
        return known.size == declaration.size and outlives_a_link(known, self.clock())

    def _with_link(self, upload: Upload, declaration: Declaration) -> Declared:
        key = report_key(upload.bank_id, upload.upload_id)
        link = self.links.link(key, declaration, expires_at=timestamp(self.clock() + LINK_TIME))
        return Declared(upload=upload, link=link)

    def _restart(self, known: Upload, size: int) -> Upload:
        """Run the stored report again; it has `size` bytes."""
        restarted = self.restarts.restart(known, by=AttemptBy.DECLARATION, size=size)
        if restarted:
            write_metrics({UPLOADS_RECEIVED: 1})
        return restarted or self._get(known.upload_id)

    def _get(self, upload_id: str) -> Upload:
        known = self.uploads.get(upload_id)
        if known is None:
            raise ConcurrentChangeError(f"upload {upload_id} was withdrawn while it was being declared")
        return known
