import os
import sys

print(sorted(os.environ), sys.path)
try:
    del os.environ["PYTHONPATH"]
except KeyError as error:
    print("KeyError", error)
print("sitecustomize" in sys.modules)
os.environ["PYTHONPATH"] = "mine"
print(os.popen("echo $PYTHONPATH").read())
