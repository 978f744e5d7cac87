# env: PYTHONPATH=site
# file site/sitecustomize.py: import sys; print("user's sitecustomize", __name__, sys.path[0]); sys.mark = 1
# file site/usercustomize.py: print("user's usercustomize")
import os
import sys

import sitecustomize

print(sys.mark, sitecustomize.__file__, "usercustomize" in sys.modules)
print(sys.modules["sitecustomize"] is sitecustomize, os.environ["PYTHONPATH"])
