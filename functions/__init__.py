"""What runs in AWS: one folder per Lambda, the report format (report) and what they share (common).

Never imports cdktf, stacks or shared.infra.
"""
