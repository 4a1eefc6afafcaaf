"""Facts on which the stacks and the functions must agree, in one place.

Standard library only: it is part of every ZIP.
"""
