




print("backstop")
