"""python -m evals.adversary [--way NAME …] [--brief ID …] [--profile small|large|both] [--json FILE] [--workers N]"""

import sys

from evals.adversary.table import main

sys.exit(main())
