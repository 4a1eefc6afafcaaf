"""Facts on which the stacks and the functions must agree, in one place.

Standard library only: they are part of every ZIP.
"""
