"""One process of the whole system while it is measured: ``python -m benchmarks.served bot|worker|backend PORT``.

It is the command ``imorgon serve`` or ``imorgon worker`` with the environment's settings, and the form in place of the
welcome.
"""

import sys

from benchmarks import form20
from bot.__main__ import serve, worker


def main() -> None:
    half, port = sys.argv[1], int(sys.argv[2])
    if half != "backend":
        form20.offer()
    if half == "worker":
        worker()
    else:
        serve(half, port=port)


if __name__ == "__main__":
    main()
