print("no loop at all")
