"""Runs a command at a terminal of its own and types into it.

Standard input: JSON {"argv": [...], "cwd": "...", "columns": 200, "steps": [["text to wait for", "what to type"], ...]}.
Standard output: JSON {"code": 0, "output": "..."}.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

task = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.chdir(task["cwd"])
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, task.get("columns", 200), 0, 0))
    os.environ.update({"TERM": "xterm", "NO_COLOR": "1"})
    os.environ.pop("COLUMNS", None)
    os.environ.pop("AWS_REGION", None)
    os.environ.pop("CI", None)
    os.execv(task["argv"][0], task["argv"])

output = b""
seen = 0
steps = task["steps"]
deadline = time.monotonic() + task.get("seconds", 60)
while time.monotonic() < deadline:
    if steps and steps[0][0].encode() in output[seen:]:
        _, keys = steps.pop(0)
        seen = len(output)
        # What is typed before the prompt reads belongs to it all the same; the pause is for what it draws.
        time.sleep(0.1)
        os.write(terminal, keys.encode())
    if select.select([terminal], [], [], 0.05)[0]:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux: the other side is gone.
            break
        if not chunk:
            break
        output += chunk
else:
    os.kill(pid, 9)

_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
json.dump({"code": code, "left": len(steps), "output": output.decode("utf-8", "replace")}, sys.stdout)
