"""Handing somebody over to another municipality: a copy of what is needed goes there as an offer, and is taken or not.

The row of the municipality she is handed over *from* decides whose she is, and nothing else does: until it says *taken*
she is there, also while the other one wants to take her. Nothing is joined across databases; what one tells the other
goes over HTTP, and is told again until it is answered.
"""
