"""What the audits' tools print, read as findings; shell scripts stand in for pip-audit and npm."""

import json
from pathlib import Path

import pytest

from shared.repository import ROOT
from tools.audits import advisories, checkov, licenses
from tools.audits.findings import NPM_FOLDERS, Finding, Outcome

LOCK = ROOT / "requirements" / "functions" / "intake.txt"
PACKAGES = [
    {"name": "multipart", "version": "2.0.1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.0.2"], "aliases": []}]},
    {"name": "other", "version": "1", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]},
    {"name": "fine", "version": "1", "vulns": []},
    {"name": "unknown", "skip_reason": "Dependency not found"},
]
NPM = {
    "vulnerabilities": {
        "minimist": {
            "via": [{"name": "minimist", "title": "Pollution", "url": "https://github.com/advisories/GHSA-x"}, "mkdirp"]
        },
        "mkdirp": {"via": ["minimist"]},
    }
}


def program(folder: Path, prints: str, code: int) -> str:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{prints}\nEND\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


def test_known_vulnerabilities_of_python_packages_are_findings_also_without_a_fix(tmp_path: Path) -> None:
    found = advisories.of_lock(LOCK, program(tmp_path, json.dumps({"dependencies": PACKAGES}), 1))
    assert found.findings == [
        Finding(id="PYSEC-1", where="multipart 2.0.1", text="fixed in 2.0.2"),
        Finding(id="PYSEC-2", where="other 1", text="fixed in no version yet"),
    ]
    assert found.unchecked == ["unknown: Dependency not found"]


def test_known_vulnerabilities_of_npm_packages_are_findings_where_they_are(tmp_path: Path) -> None:
    found = advisories.of_npm(ROOT, program(tmp_path, json.dumps(NPM), 1))
    assert found == Outcome(findings=[Finding(id="GHSA-x", where="npm minimist", text="Pollution")])


@pytest.mark.parametrize("prints", ["", "Traceback", '{"message": "405 Method Not Allowed"}', "[]"])
def test_a_service_that_does_not_answer_is_no_finding_but_unchecked(tmp_path: Path, prints: str) -> None:
    silent = program(tmp_path, prints, 1)
    outcome = advisories.joined([advisories.of_lock(LOCK, silent), advisories.of_lock(LOCK, silent)])
    assert outcome.unchecked == ["requirements/functions/intake.txt: the advisory service did not answer"]
    asked = [text for folder in NPM_FOLDERS for text in advisories.of_npm(folder, silent).unchecked]
    locks = ("package-lock.json", "tests/browser/package-lock.json")
    assert asked == [f"{lock}: the advisory service did not answer" for lock in locks]


def test_checkovs_findings_are_named_by_settings_stack_and_construct() -> None:
    resources = ("resource.intake_function_D4655712", "aws_s3_bucket.reports_bucket_2CCF3641", "resource.api")
    failed = [
        {"check_id": "CKV_1", "check_name": "Ensure", "file_path": "/stacks/data-stack/cdk.tf.json", "resource": each}
        for each in resources
    ]
    found = checkov.findings("prod", {"results": {"failed_checks": failed}})
    names = [f"prod/data-stack/{name}" for name in ("intake_function", "reports_bucket", "api")]
    assert list(found) == [Finding(id="CKV_1", where=name, text="Ensure") for name in names]


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("Mozilla Public License 2.0 (MPL 2.0)", True),
        ("GPL-3.0-or-later", False),
        ("(MIT OR GPL-3.0-or-later)", True),
        ("MIT AND GPL-3.0-or-later", False),
        ("MPL-2.0 AND (Apache-2.0 OR GPL-3.0-only)", True),
        ("(MIT OR GPL-3.0-only) AND (GPL-2.0-only OR LGPL-2.1-only)", False),
        ("", False),
        ("none", False),
    ],
)
def test_a_license_is_allowed_if_one_way_through_its_expression_is(expression: str, *, allowed: bool) -> None:
    assert [each.where for each in licenses.findings([("package", expression)])] == ([] if allowed else ["package"])
