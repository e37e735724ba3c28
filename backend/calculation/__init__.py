"""The calculation (beräkning) of a month's support: what it comes to, line by line, each with its reason and its law.

Working it out is pure: plain values in, plain values out, to the krona the same each time. What is kept is one version
after another under the case. It decides nothing: a human does.
"""
