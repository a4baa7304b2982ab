#!/bin/bash
# Workers of a hesscope queue as a Slurm job array, one task for each:
#
#   sbatch --array=1-16 --export=ALL,HESSCOPE_QUEUE=redis://head-node:6379 recipes/slurm.sh
#
# Tasks end when the queue has been empty for five minutes. One that is killed (time limit, preemption) loses nothing: another
# worker goes on with its unit when the lease is over. A password is read from HESSCOPE_QUEUE_PASSWORD.
#SBATCH --job-name=hesscope
#SBATCH --cpus-per-task=4
#SBATCH --mem=16G
#SBATCH --time=12:00:00
#SBATCH --signal=INT@60
#SBATCH --requeue

set -euo pipefail
: "${HESSCOPE_QUEUE:?expected the address of the queue, such as redis://head-node:6379}"

# exec: the signal before the time limit then reaches the worker itself, which gives its unit back.
exec "${HESSCOPE:-hesscope}" worker \
  --queue "$HESSCOPE_QUEUE" \
  --threads "${SLURM_CPUS_PER_TASK:-1}" \
  --exit-when-idle "${HESSCOPE_IDLE:-300}" \
  ${HESSCOPE_STORE:+--store "$HESSCOPE_STORE"}
