"""``python -m ae``: see ``ae.cli``."""

import sys

from ae.cli import main

if __name__ == "__main__":
    sys.exit(main())
