"""``python -m ae``: see ``ae.cli``."""

import sys

from ae.cli import main, streams

if __name__ == "__main__":
    streams.occupy()
    try:
        code = main()
    finally:
        streams.leave()
    sys.exit(code)
