"""Audits with tools of others, each in an environment of its own: checkov, advisories, licenses, SBOM."""
