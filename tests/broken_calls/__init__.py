"""Breaks every AWS call of an upload on the deployed local cloud, one by one, and checks that nothing is lost.

A proxy stands between the functions and the local AWS. It lists the calls of one normal upload; then each of them is
broken in several ways, each time in an upload of its own. `./dev breakcalls` breaks all, `./dev test` a sample.
"""
