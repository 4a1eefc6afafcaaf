"""What runs in AWS: a folder per Lambda function, the report format (`report`), and what they share (`common`).

Never imports cdktf, stacks or shared.infra.
"""
