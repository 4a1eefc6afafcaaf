"""The local Terraform provider without a cloud: mapping, planning, reading, and the table's own consistency."""
