"""Runs the commands of a guide, block by block in one shell, and compares what they print.

A block of `sh` is run; when a block of `text` follows, its lines must be what came out, where `…`
stands for anything. Without one, the last command must end well.
"""

import os
import re
import signal
import subprocess
import sys

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```\n", re.M | re.S)
END = "--end-of-block--"


def pattern(line):
    return "^" + ".*?".join(re.escape(part) for part in line.rstrip().split("…")) + "$"


def steps(text):
    """(line, commands, expected lines or None) of each block."""
    found = []
    for match in BLOCK.finditer(text):
        kind, body = match.groups()
        if kind == "sh":
            found.append([text.count("\n", 0, match.start()) + 1, body, None])
        else:
            found[-1][2] = body.splitlines()
    return found


def mistake(expected, printed, code):
    if expected is None:
        return None if code == 0 else f"ended with {code}"
    if len(expected) != len(printed):
        return f"printed {len(printed)} lines, not {len(expected)}"
    for want, got in zip(expected, printed):
        if not re.match(pattern(want), got.rstrip()):
            return f"printed {got!r}, not {want!r}"
    return None


def run(shell, commands):
    shell.stdin.write(commands + f"\necho; echo {END} $?\n")
    shell.stdin.flush()
    printed = []
    for line in shell.stdout:
        if line.startswith(END):
            # The line that ends the last one is ours.
            if printed and printed[-1] == "":
                printed.pop()
            return printed, int(line.split()[1])
        printed.append(line.rstrip("\n"))
    return printed, -1


def main(path, folder, *ports):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for port in ports:
        old, new = port.split("=")
        text = text.replace(old, new)
    shell = subprocess.Popen(
        ["bash", "-m"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    failed = 0
    all_steps = steps(text)
    try:
        for line, commands, expected in all_steps:
            printed, code = run(shell, commands)
            wrong = mistake(expected, printed, code)
            first = commands.splitlines()[0]
            print("FAIL" if wrong else "ok  ", f"{path}:{line} {first[:70]}")
            if wrong:
                failed += 1
                print("    " + wrong)
                print("\n".join("    | " + text for text in printed[-20:]))
                break
    finally:
        shell.stdin.write("kill $(jobs -p) 2> /dev/null\nexit\n")
        shell.stdin.close()
        try:
            shell.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGKILL)
    print(f"{len(all_steps)} blocks, {failed} failed")
    with open(os.environ.get("CHECK_COUNTS", os.devnull), "w", encoding="utf-8") as counts:
        counts.write(f"{len(all_steps) - failed} {failed} 0\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
