# env: PYTHONPATH=site
# file site/sitecustomize.py: raise RuntimeError("the user's own fault")
import sys

print("sitecustomize" in sys.modules)
