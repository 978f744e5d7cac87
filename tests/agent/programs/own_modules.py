# file json.py: print("my json")
# file ast.py: print("my ast")
# file struct.py: print("my struct"); calcsize = 1
# file binascii.py: print("my binascii")
# file array.py: print("my array")
# Modules of the program that happen to have names of the standard library's.
import array
import ast
import binascii
import json
import struct

print(json.__name__, hasattr(json, "dumps"))
print(hasattr(ast, "parse"), struct.calcsize)
