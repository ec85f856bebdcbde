"""A listener whose accept queue is full: the kernel drops every further SYN, and no firewall is needed.

Takes the address to listen on, prints the port, and holds on until it is ended.
"""

import select
import socket
import sys
import time

MAX_FILLERS = 8
SETTLE_SECONDS = 0.1

listener = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
listener.bind((sys.argv[1], 0))
listener.listen(0)

# A connection that the kernel does not complete shows that the queue is full.
fillers = []
full = False
while not full and len(fillers) < MAX_FILLERS:
    filler = socket.socket(listener.family)
    filler.setblocking(False)
    filler.connect_ex(listener.getsockname())
    full = not select.select([], [filler], [], SETTLE_SECONDS)[1]
    fillers.append(filler)
if not full:
    sys.exit(f"the queue took {MAX_FILLERS} connections")
fillers.pop().close()

print(listener.getsockname()[1], flush=True)
while True:
    time.sleep(60)
