"""AWS in memory, as far as the pipeline uses it; what is not modeled raises `NotModeledError`.

`test_contract.py` holds it to the same promises as MiniStack.
"""
