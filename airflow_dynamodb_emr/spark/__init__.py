"""The engine `spark`: the copy engine of `transfer/` as one PySpark application, dump and load, on EMR and on EMR Serverless.

What runs on a node is this folder and what it imports, shipped by `aws/shipping.py`: Python 3.9, its standard library and botocore.
"""

from __future__ import annotations

import sys
from pathlib import Path

LIBRARIES = "libraries"  # where an archive with faster libraries is unpacked, if there is one: in the folder that a node's process works in

if Path(LIBRARIES).is_dir() and LIBRARIES not in sys.path:
    sys.path.insert(0, LIBRARIES)
