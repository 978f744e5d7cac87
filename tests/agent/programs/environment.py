# env: PYTHONPATH=some:where
# args: --python x -o y
import os
import sys

print(sorted(os.environ.items()))
print(sys.path)
print(sys.argv, getattr(sys, "orig_argv", None))
print(sys.flags)
print("sitecustomize" in sys.modules, "usercustomize" in sys.modules)
print(sorted(name for name in sys.path_importer_cache if "asyncwhy" in name))
print({k: v for k, v in os.environ.items() if "ASYNCWHY" in k}, os.environb.get(b"ASYNCWHY_STREAM"))
print(os.getenv("PYTHONPATH"), os.environ.pop("PYTHONPATH"))
print(os.listdir("."))
try:
    import sitecustomize
except ImportError as error:
    print(error, error.name)
