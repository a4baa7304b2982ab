#!/bin/bash
# Workers of a hesscope queue on machines that are reached by ssh:
#
#   recipes/ssh.sh redis://head-node:6379 node-1 node-2 node-3
#
# Each machine has hesscope on its path (or at $HESSCOPE). Ctrl-C ends all workers; their units go back to the queue.
set -euo pipefail

queue=${1:?expected the address of the queue, then the machines}
shift
(($# > 0)) || {
  echo 'expected at least one machine' >&2
  exit 2
}

workers=()
trap 'kill "${workers[@]}" 2>/dev/null || true' EXIT
for machine in "$@"; do
  # A terminal for each, so that the worker ends with the connection. The password travels in the environment, not on the line.
  ${SSH:-ssh} -tt -o SendEnv=HESSCOPE_QUEUE_PASSWORD "$machine" \
    "exec ${HESSCOPE:-hesscope} worker --queue '$queue' --exit-when-idle ${HESSCOPE_IDLE:-300}" \
    </dev/null &
  workers+=($!)
done
wait
