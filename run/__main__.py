"""`python3 -m run`: set up what is missing, then start the house. `python3 -m run --set-up` stops before starting."""

# This file must be readable by any Python 3, so that an old one can be told apart from a broken checkout.
import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "gongduan: Python 3.11 or newer is needed, and this is %d.%d: name a newer one, as in "
        "`make run PYTHON=python3.12`." % sys.version_info[:2]
    )

from run.bootstrap import main

sys.exit(main(sys.argv[1:]))
